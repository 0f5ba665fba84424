// The primitives of encrypted files: AES-GCM by WebCrypto, outside the page's thread; HKDF by noble. WebCrypto hashes
// nothing that arrives piece by piece, so SHA-256 of whole files is StableLib's: in Chromium it hashes 120 MiB in a second
// of the processor, and noble 56.
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { SHA256 } from '@stablelib/sha256';
import type { ChunkCipher, FileCiphers } from '../../../e2ee/files/file-ciphers.ts';
import { unshared } from '../buffer.ts';

const name = 'AES-GCM';
const tagBytes = 16;

export const browserFileCiphers: FileCiphers = {
  async aes256Gcm(key) {
    return chunkCipher(
      await crypto.subtle.importKey('raw', unshared(key), name, false, ['encrypt', 'decrypt']),
    );
  },
  hkdfSha256: (key, salt, info, length) => hkdf(sha256, key, salt, info, length),
  sha256() {
    const hash = new SHA256();
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  },
};

function chunkCipher(key: CryptoKey): ChunkCipher {
  return {
    async seal(nonce, chunk) {
      const sealed = await crypto.subtle.encrypt(parametersOf(nonce), key, unshared(chunk));
      const end = sealed.byteLength - tagBytes;
      return [new Uint8Array(sealed, 0, end), new Uint8Array(sealed, end)];
    },
    async open(nonce, sealed) {
      try {
        return new Uint8Array(
          await crypto.subtle.decrypt(parametersOf(nonce), key, unshared(sealed)),
        );
      } catch {
        // It says no more than that the tag does not match.
        return undefined;
      }
    },
  };
}

function parametersOf(nonce: Uint8Array): AesGcmParams {
  return { name, iv: unshared(nonce), tagLength: 8 * tagBytes };
}

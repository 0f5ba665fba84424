// The primitives of encrypted files over node:crypto. It answers at once: encrypting a chunk takes less time than
// asking another thread for it.
import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import type { ChunkCipher, FileCiphers } from '../../../e2ee/files/file-ciphers.ts';

const algorithm = 'aes-256-gcm';
const authTagLength = 16;

export const nodeFileCiphers: FileCiphers = {
  aes256Gcm: (key) => chunkCipher(Uint8Array.from(key)),
  hkdfSha256: (key, salt, info, length) =>
    new Uint8Array(hkdfSync('sha256', key, salt, info, length)),
  sha256() {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  },
};

function chunkCipher(key: Uint8Array): ChunkCipher {
  return {
    seal(nonce, chunk) {
      const cipher = createCipheriv(algorithm, key, nonce, { authTagLength });
      const sealed = cipher.update(chunk);
      cipher.final();
      return [sealed, cipher.getAuthTag()];
    },
    open(nonce, sealed) {
      const end = sealed.length - authTagLength;
      if (end < 0) return undefined;
      const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength });
      decipher.setAuthTag(sealed.subarray(end));
      const chunk = decipher.update(sealed.subarray(0, end));
      try {
        decipher.final();
      } catch {
        // `final` throws here only if the tag does not match. Then the plaintext must not be used.
        chunk.fill(0);
        return undefined;
      }
      return chunk;
    },
  };
}

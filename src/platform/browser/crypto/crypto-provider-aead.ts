// AES-GCM [RFC 5116 §5] for the CryptoProvider, by WebCrypto: the ciphertext followed by its 16-byte tag, as in TLS and MLS.
// In scripts it takes three to eight times the processor, also for the shortest texts (measured in Chromium, with the
// import of the key). Keys and nonces come from the caller, who must never use a pair twice.
import type { AeadAlgorithm } from 'ts-mls';
import { unshared } from '../buffer.ts';

const name = 'AES-GCM';
const tagLength = 16;

interface Aead {
  encrypt(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    plaintext: Uint8Array,
  ): Promise<Uint8Array>;
  decrypt(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    ciphertext: Uint8Array,
  ): Promise<Uint8Array>;
}

/** The named AEAD. `decrypt` rejects if the tag does not match. */
export function makeAead(algorithm: AeadAlgorithm): Aead {
  if (algorithm === 'CHACHA20POLY1305') throw new Error('AEAD CHACHA20POLY1305 is not provided');
  return {
    async encrypt(key, nonce, aad, plaintext) {
      const cipher = await aesKey(key, 'encrypt');
      return new Uint8Array(
        await crypto.subtle.encrypt(parametersOf(nonce, aad), cipher, unshared(plaintext)),
      );
    },
    async decrypt(key, nonce, aad, ciphertext) {
      if (ciphertext.length < tagLength) throw new Error('ciphertext shorter than its tag');
      const cipher = await aesKey(key, 'decrypt');
      return new Uint8Array(
        await crypto.subtle.decrypt(parametersOf(nonce, aad), cipher, unshared(ciphertext)),
      );
    },
  };
}

function parametersOf(nonce: Uint8Array, aad: Uint8Array): AesGcmParams {
  return { name, iv: unshared(nonce), additionalData: unshared(aad), tagLength: 8 * tagLength };
}

function aesKey(key: Uint8Array, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', unshared(key), name, false, [use]);
}

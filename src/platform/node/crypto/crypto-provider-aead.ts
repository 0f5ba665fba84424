// AES-GCM [RFC 5116 §5] for the CryptoProvider: the ciphertext followed by its 16-byte tag, as in TLS and MLS. Keys
// and nonces come from the caller, who must never use a pair twice.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { AeadAlgorithm } from 'ts-mls';

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
export function makeAead(name: AeadAlgorithm): Aead {
  if (name === 'CHACHA20POLY1305') throw new Error('AEAD CHACHA20POLY1305 is not provided');
  const algorithm = name === 'AES128GCM' ? 'aes-128-gcm' : 'aes-256-gcm';
  const options = { authTagLength: tagLength };
  return {
    async encrypt(key, nonce, aad, plaintext) {
      const cipher = createCipheriv(algorithm, key, nonce, options).setAAD(aad);
      const sealed = new Uint8Array(plaintext.length + tagLength);
      sealed.set(cipher.update(plaintext));
      cipher.final();
      sealed.set(cipher.getAuthTag(), plaintext.length);
      return sealed;
    },
    async decrypt(key, nonce, aad, ciphertext) {
      const length = ciphertext.length - tagLength;
      if (length < 0) throw new Error('ciphertext shorter than its tag');
      const decipher = createDecipheriv(algorithm, key, nonce, options)
        .setAAD(aad)
        .setAuthTag(ciphertext.subarray(length));
      const opened = new Uint8Array(decipher.update(ciphertext.subarray(0, length)));
      decipher.final();
      return opened;
    },
  };
}

// SHA-2, HMAC and HKDF [RFC 5869] for the CryptoProvider, over OpenSSL.
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Hash, HashAlgorithm, Kdf, KdfAlgorithm } from 'ts-mls';

const hashNames = {
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
  'HKDF-SHA256': 'sha256',
  'HKDF-SHA384': 'sha384',
  'HKDF-SHA512': 'sha512',
} as const;
const hashLengths = { sha256: 32, sha384: 48, sha512: 64 } as const;
const mostExpandBlocks = 255;

/** SHA-256 of `bytes`. */
export const nodeSha256 = (bytes: Uint8Array): Uint8Array => plain(hash('sha256', bytes, 'buffer'));

/** The named hash and its HMAC. MACs are compared in constant time. */
export function makeHash(name: HashAlgorithm): Hash {
  const algorithm = hashNames[name];
  const mac = (key: Uint8Array, message: Uint8Array): Buffer =>
    createHmac(algorithm, key).update(message).digest();
  return {
    digest: async (message) => plain(hash(algorithm, message, 'buffer')),
    mac: async (key, message) => plain(mac(key, message)),
    verifyMac: async (key, tag, message) => {
      const expected = mac(key, message);
      return tag.length === expected.length && timingSafeEqual(tag, expected);
    },
  };
}

/** The named HKDF in its two steps. */
export function makeKdf(name: KdfAlgorithm): Kdf {
  const algorithm = hashNames[name];
  const size = hashLengths[algorithm];
  return {
    size,
    // [RFC 5869 §2.2] an absent salt is a string of zeros. HMAC pads keys with zeros, so an empty key is the same.
    extract: async (salt, ikm) => plain(createHmac(algorithm, salt).update(ikm).digest()),
    // [RFC 5869 §2.3]
    expand: async (prk, info, length) => {
      if (length > mostExpandBlocks * size) throw new Error('HKDF output too long');
      const output = new Uint8Array(length);
      let block: Uint8Array = new Uint8Array(0);
      for (let at = 0, counter = 1; at < length; at += size, counter++) {
        const hmac = createHmac(algorithm, prk);
        hmac.update(block).update(info).update(Uint8Array.of(counter));
        block = plain(hmac.digest());
        output.set(at + size > length ? block.subarray(0, length - at) : block, at);
      }
      return output;
    },
  };
}

/** A Uint8Array over the buffer's bytes: the library's codecs and comparisons do not expect a Buffer. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

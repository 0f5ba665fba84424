// SHA-2, HMAC and HKDF [RFC 5869] for the CryptoProvider, by noble: a message needs many, and each is short.
import { expand } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '../../../lib/bytes.ts';
import type { Hash, HashAlgorithm, Kdf, KdfAlgorithm } from 'ts-mls';

const hashes = {
  'SHA-256': sha256,
  'SHA-384': sha384,
  'SHA-512': sha512,
  'HKDF-SHA256': sha256,
  'HKDF-SHA384': sha384,
  'HKDF-SHA512': sha512,
} as const;

const firstBlock = Uint8Array.of(1);

/** SHA-256 of `bytes`. */
export const browserSha256 = (bytes: Uint8Array): Uint8Array => sha256(bytes);

/** The named hash and its HMAC. How long comparing MACs takes does not depend on where they differ. */
export function makeHash(name: HashAlgorithm): Hash {
  const hash = hashes[name];
  return {
    digest: async (message) => hash(message),
    mac: async (key, message) => hmac(hash, key, message),
    verifyMac: async (key, tag, message) => isSame(tag, hmac(hash, key, message)),
  };
}

/** The named HKDF in its two steps. */
export function makeKdf(name: KdfAlgorithm): Kdf {
  const hash = hashes[name];
  return {
    size: hash.outputLen,
    // [RFC 5869 §2.2] an absent salt is a string of zeros. HMAC pads keys with zeros, so an empty key is the same.
    extract: async (salt, ikm) => hmac(hash, salt, ikm),
    // [RFC 5869 §2.3] One block, which is all that MLS asks for, is one HMAC: the loop for more copies its hashes twice, a
    // tenth of all that a message costs.
    expand: async (prk, info, length) =>
      length <= hash.outputLen
        ? hmac(hash, prk, concatBytes(info, firstBlock)).slice(0, length)
        : expand(hash, prk, info, length),
  };
}

function isSame(tag: Uint8Array, expected: Uint8Array): boolean {
  if (tag.length !== expected.length) return false;
  let difference = 0;
  for (let at = 0; at < tag.length; at++) difference |= (tag[at] ?? 0) ^ (expected[at] ?? 0);
  return difference === 0;
}

// Ed25519 [RFC 8032] for the CryptoProvider, by WebCrypto; in browsers that have no Ed25519 by noble, which is loaded
// there alone. A key of bytes is one that the core made for a moment (recovery words); a handle stands for one that no
// script can read.
//
// Importing a key takes as long as using it, so imported public keys are cached as long as somebody holds the array they
// came from. So an array passed in as a key must never be changed afterwards, only dropped.
import type { Signature, SignatureAlgorithm } from 'ts-mls';
import { concatBytes, parseHex } from '../../../lib/bytes.ts';
import { unshared } from '../buffer.ts';
import { isUnsupported, type SigningKeys } from './signing-keys.ts';

const algorithm = 'Ed25519';
// The DER before the 32 raw bytes [RFC 8410 §7].
const privateHead = parseHex('302e020100300506032b657004220420');

/** The signature scheme, which also signs with the keys behind the handles of `keys`. */
export function makeSignature(name: SignatureAlgorithm, keys: SigningKeys): Signature {
  if (name !== algorithm) throw new Error(`signature scheme ${name} is not provided`);
  const publicKeys = new WeakMap<Uint8Array, Promise<CryptoKey>>();
  return {
    keygen: async () => {
      const { secretKey, publicKey } = (await noble()).keygen();
      return { signKey: secretKey, publicKey };
    },
    sign: async (signKey, message) => {
      const held = keys.of(signKey);
      if (held !== undefined) return signWith(held, message);
      const key = await orUndefined(importPrivate(signKey));
      return key === undefined ? (await noble()).sign(message, signKey) : signWith(key, message);
    },
    verify: async (publicKey, message, signature) => {
      const known = publicKeys.get(publicKey) ?? importPublic(publicKey);
      publicKeys.set(publicKey, known);
      try {
        const key = await orUndefined(known);
        if (key === undefined)
          return (await noble()).verify(signature, message, publicKey, { zip215: false });
        return await crypto.subtle.verify(algorithm, key, unshared(signature), unshared(message));
      } catch {
        // What is no key verifies nothing, and no signature of another length is one.
        return false;
      }
    },
  };
}

async function noble() {
  return (await import('@noble/curves/ed25519.js')).ed25519;
}

async function signWith(key: CryptoKey, message: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign(algorithm, key, unshared(message)));
}

function importPublic(raw: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', unshared(raw), algorithm, false, ['verify']);
}

async function importPrivate(raw: Uint8Array): Promise<CryptoKey> {
  const encoded = concatBytes(privateHead, raw);
  try {
    return await crypto.subtle.importKey('pkcs8', encoded, algorithm, false, ['sign']);
  } finally {
    encoded.fill(0);
  }
}

/** The key; undefined where the browser has no Ed25519. */
async function orUndefined(key: Promise<CryptoKey>): Promise<CryptoKey | undefined> {
  try {
    return await key;
  } catch (error) {
    if (isUnsupported(error)) return undefined;
    throw error;
  }
}

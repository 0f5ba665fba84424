// The lock of a store: a random key for what is stored, encrypted under a key that comes from a passphrase or a passkey.
// Makes and opens it. How the person is asked is the page's matter.
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, encodeUtf8 } from '../../../lib/bytes.ts';
import { unshared } from '../buffer.ts';
import { browserRandomBytes } from '../runtime.ts';
import type { LockWay, StoreLock, PassphraseCosts } from './lock-record.ts';
import { storeKeyBytes } from './row-cipher.ts';

/** 128 MiB and about a second: the least that OWASP names, and what a phone still does. */
export const passphraseCosts: PassphraseCosts = { n: 2 ** 17, r: 8, p: 1 };

const saltBytes = 32;
const nonceBytes = 12;
const algorithm = 'AES-GCM';

export const newSalt = (): Uint8Array => browserRandomBytes(saltBytes);

export const newStoreKey = (): Uint8Array => browserRandomBytes(storeKeyBytes);

/** A lock of the database of that name, which opens for `secret`: the key of a passphrase, or what a passkey gives. */
export async function makeLock(
  database: string,
  way: LockWay,
  secret: Uint8Array,
  storeKey: Uint8Array,
): Promise<StoreLock> {
  const nonce = browserRandomBytes(nonceBytes);
  const key = await wrappingKey(way, secret);
  const sealed = await crypto.subtle.encrypt(
    parametersOf(database, way, nonce),
    key,
    unshared(storeKey),
  );
  return { version: 1, way, nonce, wrapped: new Uint8Array(sealed), turning: undefined };
}

/** The store's key. Undefined if it does not open for `secret`. */
export async function openLock(
  database: string,
  { way, nonce, wrapped }: StoreLock,
  secret: Uint8Array,
): Promise<Uint8Array | undefined> {
  const key = await wrappingKey(way, secret);
  try {
    const parameters = parametersOf(database, way, nonce);
    return new Uint8Array(await crypto.subtle.decrypt(parameters, key, unshared(wrapped)));
  } catch {
    // It says no more than that the tag does not match.
    return undefined;
  }
}

function wrappingKey(way: LockWay, secret: Uint8Array): Promise<CryptoKey> {
  const info = encodeUtf8(`helo browser lock 1 ${way.kind}`);
  const key = hkdf(sha256, secret, way.salt, info, storeKeyBytes);
  return crypto.subtle.importKey('raw', unshared(key), algorithm, false, ['encrypt', 'decrypt']);
}

/** Another way, other costs or another database: it does not open. */
function parametersOf(database: string, way: LockWay, nonce: Uint8Array): AesGcmParams {
  const costs = way.kind === 'passphrase' ? Object.values(way.costs).join(' ') : '';
  const head = encodeUtf8(`helo browser lock 1 ${database} ${way.kind} ${costs} `);
  const bound = concatBytes(head, way.kind === 'passkey' ? way.credential : way.salt);
  return { name: algorithm, iv: unshared(nonce), additionalData: unshared(bound) };
}

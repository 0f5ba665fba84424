// Ed25519 keys of this browser's devices that no script can read, also not this one: the browser signs with them. The
// core passes a device's key around as bytes, so each has a handle of bytes that stands for it, in memory alone. A
// handle signs nothing without the key behind it.
import { concatBytes, encodeUtf8, formatHex } from '../../../lib/bytes.ts';
import { unshared } from '../buffer.ts';

const algorithm = 'Ed25519';
const handleHead = encodeUtf8('helo key handle 1 ');

export class SigningKeys {
  readonly #keys = new Map<string, CryptoKey>();

  /** Takes a private key, and gives the handle that stands for it. */
  hold(publicKey: Uint8Array, privateKey: CryptoKey): Uint8Array {
    const handle = concatBytes(handleHead, publicKey);
    this.#keys.set(formatHex(handle), privateKey);
    return handle;
  }

  /** The key that `handle` stands for. Undefined if it is no handle of one. */
  of(handle: Uint8Array): CryptoKey | undefined {
    return this.#keys.get(formatHex(handle));
  }
}

export interface SigningPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: CryptoKey;
}

/** A new pair that signs and cannot be read. Undefined where the browser has no Ed25519. */
export function newSigningPair(): Promise<SigningPair | undefined> {
  return makePair(false);
}

/** A new pair in a form that can be encrypted. Undefined where the browser has no Ed25519. */
export async function newPackedPair(): Promise<
  { readonly publicKey: Uint8Array; readonly pkcs8: Uint8Array } | undefined
> {
  const pair = await makePair(true);
  if (pair === undefined) return undefined;
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
  return { publicKey: pair.publicKey, pkcs8 };
}

/** The key in that form, which signs and cannot be read from then on. */
export function signingKeyOf(pkcs8: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', unshared(pkcs8), algorithm, false, ['sign']);
}

async function makePair(isReadable: boolean): Promise<SigningPair | undefined> {
  try {
    const pair = await crypto.subtle.generateKey(algorithm, isReadable, ['sign', 'verify']);
    if (!('privateKey' in pair)) return undefined;
    const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    return { publicKey, privateKey: pair.privateKey };
  } catch (error) {
    if (isUnsupported(error)) return undefined;
    throw error;
  }
}

/** Whether the browser says that it does not have an algorithm. */
export function isUnsupported(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotSupportedError';
}

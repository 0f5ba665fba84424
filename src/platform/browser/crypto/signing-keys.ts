// Ed25519 keys of this browser's devices that no script can read, also not this one: the browser signs with them. The
// core passes a device's key around as bytes, so each has a handle of bytes that stands for it, in memory alone. A
// handle signs nothing without the key behind it.
import { concatBytes, encodeUtf8, formatHex } from '../../../lib/bytes.ts';

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

/** A new pair that signs and cannot be read. Undefined where the browser has no Ed25519. */
export async function newSigningPair(): Promise<
  { readonly publicKey: Uint8Array; readonly privateKey: CryptoKey } | undefined
> {
  try {
    const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
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

// How rows of a locked store are encrypted: XChaCha20-Poly1305 with a random nonce, under a key for each part of the
// store, all of them derived from the store's key by HKDF-SHA256. What of a row stays readable is authenticated with it, so
// no row can take the place of another. Names by which rows are found are replaced by stand-ins (HMAC-SHA256).
//
// It answers at once, because a transaction of IndexedDB waits for nothing else; so the derived keys are bytes in the
// memory of the page. Of the ciphers that do, this one is twice as fast as AES-GCM (four times for long rows), has no
// tables that time could tell of, and its nonces of 24 bytes may be drawn at random for ever.
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeBase64url } from '../../../lib/base64url.ts';
import { concatBytes, encodeUtf8 } from '../../../lib/bytes.ts';
import { PrivateFileError } from '../../../client/store/private-file-error.ts';

const nonceBytes = 24;
const keyBytes = 32;
const standInBytes = 16;
/** No name begins with it. */
const standInMark = '\u0001';
/** Stand-ins that are remembered: making one takes about 30 µs. */
const maxRemembered = 10_000;

export const storeKeyBytes = 32;

export class RowCipher {
  readonly #storeKey: Uint8Array;
  readonly #keys = new Map<string, Uint8Array>();
  readonly #standIns = new Map<string, string>();

  constructor(storeKey: Uint8Array) {
    this.#storeKey = storeKey;
  }

  /** `context` says which row it is, and must be the same when it is opened. */
  seal(part: string, context: readonly unknown[], content: Uint8Array): Uint8Array {
    const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
    const cipher = xchacha20poly1305(this.keyOf(part), nonce, bound(part, context));
    return concatBytes(nonce, cipher.encrypt(content));
  }

  /** Throws a PrivateFileError if it is another row's, or was changed. */
  open(part: string, context: readonly unknown[], sealed: Uint8Array): Uint8Array {
    const nonce = sealed.subarray(0, nonceBytes);
    try {
      const cipher = xchacha20poly1305(this.keyOf(part), nonce, bound(part, context));
      return cipher.decrypt(sealed.subarray(nonceBytes));
    } catch (cause) {
      throw new PrivateFileError('what this browser has stored was changed by something else', {
        cause,
      });
    }
  }

  /** What stands for a name; for a stand-in itself. */
  standIn(name: string): string {
    if (name.startsWith(standInMark)) return name;
    const known = this.#standIns.get(name);
    if (known !== undefined) return known;
    const mac = hmac(sha256, this.keyOf('names'), encodeUtf8(name));
    const made = `${standInMark}${encodeBase64url(mac.subarray(0, standInBytes))}`;
    if (this.#standIns.size >= maxRemembered) this.#standIns.clear();
    this.#standIns.set(name, made);
    return made;
  }

  /** The key of a part of the store. */
  keyOf(part: string): Uint8Array {
    const known = this.#keys.get(part);
    if (known !== undefined) return known;
    const info = encodeUtf8(`helo browser store 1 ${part}`);
    const key = hkdf(sha256, this.#storeKey, undefined, info, keyBytes);
    this.#keys.set(part, key);
    return key;
  }
}

function bound(part: string, context: readonly unknown[]): Uint8Array {
  return encodeUtf8([part, ...context].map(String).join('\0'));
}

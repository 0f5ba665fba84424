// The record of a store's lock, which is the one thing of it that stays readable: how its key is had, and what is under way.
import { forgetThings, putThing, type AccountDatabase } from '../store/database.ts';

/** The costs of scrypt [RFC 7914]: memory is 128 * n * r bytes. */
export interface PassphraseCosts {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** How the store's key is had. */
export type LockWay =
  | { readonly kind: 'passphrase'; readonly salt: Uint8Array; readonly costs: PassphraseCosts }
  | { readonly kind: 'passkey'; readonly salt: Uint8Array; readonly credential: Uint8Array };

/** What is not done yet: wanted, and nothing was touched; begun, and perhaps partly done. */
export type Turning = 'to-lock' | 'locking' | 'unlocking';

export interface StoreLock {
  readonly version: 1;
  readonly way: LockWay;
  readonly nonce: Uint8Array;
  /** The store's key, encrypted. */
  readonly wrapped: Uint8Array;
  readonly turning: Turning | undefined;
}

const name = 'lock';

/** Undefined: it has none from then on. */
export function keepLock(database: AccountDatabase, lock: StoreLock | undefined): Promise<void> {
  if (lock !== undefined) return putThing(database, name, lock);
  return forgetThings(database, [name]);
}

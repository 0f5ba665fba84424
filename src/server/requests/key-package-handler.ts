// STOCK and TAKE_KEY: key packages that people leave for those who write to them while they are offline. Never looks
// into one. A package is given out once. The last resort is given out repeatedly if there is no other.

import type { AccountId } from '../../hub/records.ts';
import type { Store } from '../../hub/store-port.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import type { FailureCode } from '../../wire/extended/failures.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import type { Clock } from '../clock.ts';
import { KeyLimits } from './key-limits.ts';

/** The most packages stored for one device, without the last resort. */
export const maxStock = 100;

/** Below this the owner is notified, in time to leave more. */
const lowStock = 10;

/** The current state of an account. */
export interface KeyOwner {
  readonly id: AccountId;
  /** Undefined after a reset. */
  readonly device: string | undefined;
}

/** Why a request was not carried out. */
export interface KeyFailure {
  readonly code: FailureCode;
  readonly retryMs?: number;
}

type KeyStore = Pick<Store, 'stockKeys' | 'takeKey' | 'countKeys'>;

export class KeyPackageHandler {
  readonly #store: KeyStore;
  readonly #limits: KeyLimits;

  constructor(store: KeyStore, clock: Clock) {
    this.#store = store;
    this.#limits = new KeyLimits(clock);
  }

  /** Stores packages for the account `owner`. One call at a time for each owner, so that the cap holds. */
  async stock(
    owner: AccountId,
    { label, packages, lastResort, replace }: RequestOf<'STOCK'>,
  ): Promise<Result<ExtendedEventOf<'STOCKED'>, KeyFailure>> {
    const before = replace ? 0 : await this.#store.countKeys(owner);
    if (before + packages.length > maxStock) return err({ code: 'too-many-keys' });
    const stock = await this.#store.stockKeys(owner, packages, lastResort, replace);
    return ok({ verb: 'STOCKED', label, stock });
  }

  /**
   * A package of somebody, and how many are left if few are.
   * @param find the account in its current state: its device may be reset while the store reads
   */
  async take(
    by: AccountId,
    { label, user }: RequestOf<'TAKE_KEY'>,
    find: () => KeyOwner | undefined,
  ): Promise<Result<{ key: ExtendedEventOf<'KEY'>; low: number | undefined }, KeyFailure>> {
    const owner = find();
    if (owner === undefined) return err({ code: 'no-such-account' });
    if (owner.id === by) return err({ code: 'to-yourself' });
    const retryMs = this.#limits.take(by, owner.id);
    if (retryMs > 0) return err({ code: 'too-many-key-requests', retryMs });
    const { device } = owner;
    const taken = device === undefined ? undefined : await this.#store.takeKey(owner.id);
    if (taken === undefined || device === undefined || find()?.device !== device) {
      return err({ code: 'no-key' });
    }
    return ok({
      key: { verb: 'KEY', label, user, device, package: taken.package },
      low: taken.stock < lowStock ? taken.stock : undefined,
    });
  }

  /** How many packages of an account are left, if few are. */
  async low(owner: AccountId): Promise<number | undefined> {
    const stock = await this.#store.countKeys(owner);
    return stock < lowStock ? stock : undefined;
  }
}

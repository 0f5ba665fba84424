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
  /** The valid ones, the oldest first; none after a reset. */
  readonly devices: readonly string[];
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

  /** Stores packages for a device of `owner`. One call at a time for each owner, so that the cap holds. */
  async stock(
    owner: AccountId,
    device: string,
    { label, packages, lastResort, replace }: RequestOf<'STOCK'>,
  ): Promise<Result<ExtendedEventOf<'STOCKED'>, KeyFailure>> {
    const before = replace ? 0 : await this.#store.countKeys(owner, device);
    if (before + packages.length > maxStock) return err({ code: 'too-many-keys' });
    const stock = await this.#store.stockKeys(owner, device, packages, lastResort, replace);
    return ok({ verb: 'STOCKED', label, stock });
  }

  /**
   * A package of somebody, and how many are left if few are: of the device that is asked for, or of the first that has
   * some.
   * @param find the account in its current state: a device may be revoked while the store reads
   */
  async take(
    by: AccountId,
    { label, user, device: wanted }: RequestOf<'TAKE_KEY'>,
    find: () => KeyOwner | undefined,
  ): Promise<Result<{ key: ExtendedEventOf<'KEY'>; low: number | undefined }, KeyFailure>> {
    const owner = find();
    if (owner === undefined) return err({ code: 'no-such-account' });
    if (owner.id === by) return err({ code: 'to-yourself' });
    const retryMs = this.#limits.take(by, owner.id);
    if (retryMs > 0) return err({ code: 'too-many-key-requests', retryMs });
    const devices = owner.devices.filter((device) => wanted === undefined || device === wanted);
    if (wanted !== undefined && devices.length === 0) return err({ code: 'device-changed' });
    const taken = await this.#store.takeKey(owner.id, devices);
    const now = find();
    const isValid = now?.id === owner.id && taken && now.devices.includes(taken.device);
    if (taken === undefined || isValid !== true) return err({ code: 'no-key' });
    return ok({
      key: { verb: 'KEY', label, user, device: taken.device, package: taken.package },
      low: taken.stock < lowStock ? taken.stock : undefined,
    });
  }

  /** How many packages of a device are left, if few are. */
  async low(owner: AccountId, device: string): Promise<number | undefined> {
    const stock = await this.#store.countKeys(owner, device);
    return stock < lowStock ? stock : undefined;
  }
}

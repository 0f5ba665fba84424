// How many key packages may be requested: each is used once, so unlimited requests would leave everybody with the last
// resort. One bucket per requester and one per person whose packages are requested.

import type { AccountId } from '../../hub/records.ts';
import type { Clock } from '../clock.ts';
import { debtMs, fullBucket, use, type Bucket, type Rate } from '../limits/rate.ts';

/** Writing to a hundred new people at once is possible. More takes a while. */
const asker: Rate = { perSecond: 0.5, burst: 100 };

/** A team of two hundred may write to a new colleague on the same day. */
const asked: Rate = { perSecond: 0.2, burst: 200 };

/** With more buckets than this, full ones are deleted at times. */
const maxIdleBuckets = 10_000;

export class KeyLimits {
  readonly #clock: Clock;
  readonly #askers = new Map<AccountId, Bucket>();
  readonly #asked = new Map<AccountId, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many buckets are remembered. */
  get size(): number {
    return this.#askers.size + this.#asked.size;
  }

  /** Counts a request. Returns how long it must wait, in milliseconds; 0 for not at all. */
  take(by: AccountId, about: AccountId): number {
    const now = this.#clock.now();
    const waitMs = Math.max(
      debtMs(this.#askers.get(by) ?? fullBucket, asker, now),
      debtMs(this.#asked.get(about) ?? fullBucket, asked, now),
    );
    if (waitMs > 0) return Math.ceil(waitMs);
    spend(this.#askers, by, asker, now);
    spend(this.#asked, about, asked, now);
    return 0;
  }
}

function spend(buckets: Map<AccountId, Bucket>, of: AccountId, rate: Rate, now: number): void {
  if (buckets.size >= maxIdleBuckets) {
    for (const [account, bucket] of buckets) if (bucket <= now) buckets.delete(account);
  }
  buckets.set(of, use(buckets.get(of) ?? fullBucket, rate, 1, now));
}

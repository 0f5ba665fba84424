// Token buckets: how much may be used at once, and how much over time. A bucket is one number, the moment at which it
// will be full again. So nothing must fill it, and an unused bucket costs nothing.
//
// A bucket may be overdrawn: the cost of a line is known only after it was carried out. Whoever has overdrawn waits
// until the debt is repaid. A debt is capped, so that one costly line, or a neighbour behind the same address, makes
// nobody wait for long.

/** The longest wait for a bucket, in milliseconds. */
export const maxDebtMs = 10_000;

/** How much a bucket holds, and how fast it fills. */
export interface Rate {
  readonly perSecond: number;
  /** The content of a full bucket. */
  readonly burst: number;
}

/** The moment at which a bucket is full again, in milliseconds of the clock. A moment in the past means full. */
export type Bucket = number;

/** A bucket that is full at any time. */
export const fullBucket: Bucket = 0;

/** The bucket after `amount` was used. */
export function use(bucket: Bucket, rate: Rate, amount: number, now: number): Bucket {
  const used = Math.max(bucket, now) + (amount * 1000) / rate.perSecond;
  return Math.min(used, now + burstMs(rate) + maxDebtMs);
}

/** How long the bucket stays in debt from `now` on, in milliseconds; 0 if it is not in debt. */
export function debtMs(bucket: Bucket, rate: Rate, now: number): number {
  return Math.max(0, bucket - now - burstMs(rate));
}

function burstMs(rate: Rate): number {
  return (rate.burst * 1000) / rate.perSecond;
}

// Recent usage: a bucket of lines and one of bytes.

import type { TalkLimits } from './flood-limits.ts';
import { debtMs, fullBucket, use } from './rate.ts';

export class Meter {
  #lines = fullBucket;
  #bytes = fullBucket;

  /** The time from which on there is nothing to remember. */
  get fullAt(): number {
    return Math.max(this.#lines, this.#bytes);
  }

  /** Counts a line that cost `bytes`. Returns how long to wait before the next one, in milliseconds. */
  takeLine(bytes: number, limits: TalkLimits, now: number): number {
    this.#lines = use(this.#lines, limits.lines, 1, now);
    this.#bytes = use(this.#bytes, limits.bytes, bytes, now);
    return Math.max(debtMs(this.#lines, limits.lines, now), debtMs(this.#bytes, limits.bytes, now));
  }
}

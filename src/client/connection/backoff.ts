// The delay before the next reconnect: exponential, with full jitter, so that the clients of a restarted server do not
// all arrive at the same moment.

import type { RandomBytes } from '../ports.ts';

/** The longest wait before the first attempt, which doubles with each attempt, and the longest wait of all. */
export const firstBackoffMs = 500;
export const longestBackoffMs = 30_000;

/** Milliseconds to wait before attempt number `attempt`, the first being 0. */
export function backoffMs(attempt: number, random: RandomBytes): number {
  const longest = Math.min(longestBackoffMs, firstBackoffMs * 2 ** attempt);
  const [high = 0, low = 0] = random(2);
  return Math.round((longest * ((high << 8) | low)) / 0xffff);
}

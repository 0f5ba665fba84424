// What may be concluded from a wall clock, which can be wrong and be set at any time. Nothing is deleted before the
// clock has agreed with elapsed time for a while; and nothing waits for a time to come round again.

import type { WallClock, Timers } from '../ports.ts';

/** How long the wall clock has to go right before keys and records are thrown away for their age, in milliseconds. */
export const steadyMs = 3_600_000;

/** The two clocks of a machine differ by so much at most, in milliseconds, while nobody sets one. */
const slackMs = 60_000;

/**
 * Calls back when `ms` have passed, by the timer and by the wall clock alike; where that was set meanwhile, after a
 * further `ms`. The answer cancels.
 */
export function afterSteadyTime(
  { timers, now }: { readonly timers: Timers; readonly now: WallClock },
  ms: number,
  action: () => void,
): () => void {
  let cancel = () => {};
  const wait = () => {
    const began = now();
    cancel = timers.after(ms, () => {
      if (Math.abs(now() - began - ms) <= slackMs) action();
      else wait();
    });
  };
  wait();
  return () => cancel();
}

/** How long ago `atMs` was; for ever, where that is to come: the clock was set back since, and nobody knows. */
export function agoMs(atMs: number, nowMs: number): number {
  return nowMs < atMs ? Infinity : nowMs - atMs;
}

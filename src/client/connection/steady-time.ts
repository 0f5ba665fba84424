// What may be concluded from a wall clock, which can be wrong and be set at any time. Nothing is deleted before the
// clock has agreed with elapsed time for a while, and nothing waits for a time to come again.

import type { WallClock, Timers } from '../ports.ts';

/** How long the wall clock must run steadily before keys and records are deleted for their age, in milliseconds. */
export const steadyMs = 3_600_000;

/** The most that the two clocks of a machine differ while nobody sets one, in milliseconds. */
const slackMs = 60_000;

/**
 * Calls back when `ms` have passed by both the timer and the wall clock. If the wall clock was set meanwhile, waits for
 * another `ms`. The returned function cancels.
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

/** How long ago `atMs` was. Infinity if it is in the future: then the clock was set back, and the age is unknown. */
export function agoMs(atMs: number, nowMs: number): number {
  return nowMs < atMs ? Infinity : nowMs - atMs;
}

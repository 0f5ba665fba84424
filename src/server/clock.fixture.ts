// A clock for tests: it stops until a test advances it.

import type { Clock } from './clock.ts';

/** A clock at 0, its timers, and a function that advances it. */
export function createTestClock() {
  let now = 0;
  const timers = new Map<symbol, { at: number; callback: () => void }>();
  const clock: Clock = {
    now: () => now,
    after(ms, callback) {
      const key = Symbol('timer');
      timers.set(key, { at: now + ms, callback });
      return () => timers.delete(key);
    },
    soon: (callback) => void clock.after(0, callback),
  };
  return {
    clock,
    timers,
    /** Advances to `time`, with all callbacks on the way, in order. */
    goTo: (time: number) => {
      for (;;) {
        const next = [...timers].sort(([, a], [, b]) => a.at - b.at)[0];
        if (next === undefined || next[1].at > time) break;
        timers.delete(next[0]);
        now = Math.max(now, next[1].at);
        next[1].callback();
      }
      now = Math.max(now, time);
    },
  };
}

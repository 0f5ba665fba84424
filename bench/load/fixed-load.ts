// A fixed number of messages a second, evenly spaced, whatever has been delivered of the older ones.

import { setTimeout as wait } from 'node:timers/promises';
import type { Pump } from './pump.ts';

/** Lets the speakers send in turns, `perSecond` messages in all, for `seconds`. */
export async function speakEvenly(
  pump: Pump,
  speakers: number,
  perSecond: number,
  seconds: number,
): Promise<void> {
  const start = performance.now();
  for (let said = 0; said < perSecond * seconds; said++) {
    // Relative to the start, not to the last message, so that delays do not add up.
    await wait(Math.max(0, start + (said * 1000) / perSecond - performance.now()));
    pump.say(said % speakers);
  }
}

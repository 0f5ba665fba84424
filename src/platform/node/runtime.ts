// The small ports of the headless client on Node: timers, clock, randomness.
import { randomFillSync } from 'node:crypto';
import type { WallClock, RandomBytes, Timers } from '../../client/ports.ts';

export const nodeTimers: Timers = {
  after(ms, action) {
    return startTimer(ms, action);
  },
};

export const nodeClock: WallClock = () => Date.now();

export const nodeRandomBytes: RandomBytes = (length) => randomFillSync(new Uint8Array(length));

/** For longer waits than this, in milliseconds, Node's timers fire at once. */
const longestMs = 2 ** 31 - 1;

function startTimer(ms: number, action: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number) => {
    const next = () => (leftMs > longestMs ? wait(leftMs - longestMs) : action());
    timer = setTimeout(next, Math.min(leftMs, longestMs));
  };
  wait(ms);
  return () => clearTimeout(timer);
}

// The small ports of the headless client on Node: timers, clock, randomness.
import { randomFillSync } from 'node:crypto';
import type { Clock, RandomBytes, Timers } from '../../client/ports.ts';

export const nodeTimers: Timers = {
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

export const nodeClock: Clock = () => Date.now();

export const nodeRandomBytes: RandomBytes = (length) => randomFillSync(new Uint8Array(length));

// The small ports of the headless client in a browser: timers, clock, randomness.
import type { RandomBytes, Timers, WallClock } from '../../client/ports.ts';

/** For longer waits than this, in milliseconds, a browser's timers fire at once. */
const longestMs = 2 ** 31 - 1;
/** The most bytes that a browser gives at once. */
const mostRandomBytes = 65_536;

/** A page that nobody looks at gets its timers late, by a second and up to a minute. */
export const browserTimers: Timers = {
  after(ms, action) {
    let timer = 0;
    const wait = (leftMs: number): void => {
      const next = () => (leftMs > longestMs ? wait(leftMs - longestMs) : action());
      timer = setTimeout(next, Math.min(leftMs, longestMs));
    };
    wait(ms);
    return () => clearTimeout(timer);
  },
};

export const browserClock: WallClock = () => Date.now();

export const browserRandomBytes: RandomBytes = (length) => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += mostRandomBytes)
    crypto.getRandomValues(bytes.subarray(at, at + mostRandomBytes));
  return bytes;
};

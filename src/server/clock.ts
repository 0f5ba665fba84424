// Time, handed in wherever the server waits, so that tests need not.

export interface Clock {
  /** Milliseconds that only grow, with fractions. */
  now(): number;
  /** Calls back once after `ms`; the answer cancels. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back at the end of this turn of the event loop, when all that has come in has been read. */
  soon(callback: () => void): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  soon: (callback) => void setImmediate(callback),
};

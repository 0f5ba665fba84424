// Time, passed in wherever the server waits, so that tests need not wait.

export interface Clock {
  /** Milliseconds that only grow, with fractions. */
  now(): number;
  /** Calls back once after `ms`. The returned function cancels. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back at the end of this turn of the event loop, when everything received has been read. */
  soon(callback: () => void): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    return startTimer(ms, callback);
  },
  soon: (callback) => void setImmediate(callback),
};

/** For longer waits than this, in milliseconds, Node's timers fire at once. */
const longestMs = 2 ** 31 - 1;

function startTimer(ms: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number) => {
    const next = () => (leftMs > longestMs ? wait(leftMs - longestMs) : callback());
    timer = setTimeout(next, Math.min(leftMs, longestMs));
  };
  wait(ms);
  return () => clearTimeout(timer);
}

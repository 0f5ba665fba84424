// Jobs that take a while, one at a time for each connection, in order: so answers do not overtake one another, and each
// connection has at most one of them in memory.

export class JobQueues<Key> {
  readonly #max: number;
  readonly #waiting = new Map<Key, (() => Promise<void>)[]>();

  /** @param max how many jobs of one key may wait */
  constructor(max: number) {
    this.#max = max;
  }

  /** Runs `job`, which does not reject, when the earlier ones of `key` are done. Returns false if too many wait. */
  run(key: Key, job: () => Promise<void>): boolean {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      this.#waiting.set(key, []);
      void this.#work(key, job);
      return true;
    }
    if (waiting.length >= this.#max) return false;
    waiting.push(job);
    return true;
  }

  async #work(key: Key, first: () => Promise<void>): Promise<void> {
    await first();
    const waiting = this.#waiting.get(key) ?? [];
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await job();
    this.#waiting.delete(key);
  }
}

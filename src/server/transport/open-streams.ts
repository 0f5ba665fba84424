// Counts the streams that are open, so that a closing server can wait for the last of them.

import type { Accept } from './transport.ts';

export class OpenStreams {
  #count = 0;
  #waiting: (() => void)[] = [];

  /** Wraps `accept`, so that each stream is counted from its opening to its close. */
  counting(accept: Accept): Accept {
    return (transport) => {
      this.#count++;
      const listener = accept(transport);
      return {
        data: (chunk) => listener.data(chunk),
        finished: () => listener.finished(),
        closed: () => {
          this.#count--;
          listener.closed();
          if (this.#count === 0) this.#release();
        },
      };
    };
  }

  /** Resolves when no stream is open. */
  allClosed(): Promise<void> {
    return this.#count === 0
      ? Promise.resolve()
      : new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }
}

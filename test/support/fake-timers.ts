// Timers that a test advances.
import type { Timers } from '../../src/client/ports.ts';

export class FakeTimers implements Timers {
  now = 0;
  #due: { at: number; action: () => void }[] = [];

  after(ms: number, action: () => void): () => void {
    const entry = { at: this.now + ms, action };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
    };
  }

  /** How many timers are running. */
  get running(): number {
    return this.#due.length;
  }

  /** Lets time pass, and runs due timers in order. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = this.#due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#due = this.#due.filter((entry) => entry !== next);
      this.now = next.at;
      next.action();
    }
    this.now = until;
  }
}

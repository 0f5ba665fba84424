// Notices when nothing has moved for too long.

import type { Clock } from '../clock.ts';

export class StallWatch {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #stalled: () => void;
  #lastProgress: number;
  #cancelTimer: () => void = () => {};

  /** Starts at once. `stalled` is called once, unless it was stopped. */
  constructor(clock: Clock, timeoutMs: number, stalled: () => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#stalled = stalled;
    this.#lastProgress = clock.now();
    this.#watch(timeoutMs);
  }

  progress(): void {
    this.#lastProgress = this.#clock.now();
  }

  stop(): void {
    this.#cancelTimer();
  }

  #watch(afterMs: number): void {
    this.#cancelTimer = this.#clock.after(afterMs, () => {
      const left = this.#lastProgress + this.#timeoutMs - this.#clock.now();
      if (left > 0) this.#watch(left);
      else this.#stalled();
    });
  }
}

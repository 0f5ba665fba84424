// A limited number at a time, the rest in order of arrival.

export class Slots {
  readonly #count: number;
  #taken = 0;
  #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  /**
   * Calls `run` when a slot is free, at once or later. The returned function frees the slot, or stops waiting for one.
   * Calling it again does nothing.
   */
  take(run: () => void): () => void {
    let isDone = false;
    let isRunning = false;
    const begin = (): void => {
      isRunning = true;
      this.#taken += 1;
      run();
    };
    const release = (): void => {
      if (isDone) return;
      isDone = true;
      if (isRunning) this.#taken -= 1;
      else this.#waiting = this.#waiting.filter((other) => other !== begin);
      this.#next();
    };
    this.#waiting.push(begin);
    this.#next();
    return release;
  }

  #next(): void {
    if (this.#taken < this.#count) this.#waiting.shift()?.();
  }
}

// One task after the other, in the order of arrival. Encryption is asynchronous, and two steps on one session at the
// same time would use one key twice; so everything a Messenger does passes through here.

/** The least size that a waiting line counts as. */
export const leastLineCost = 1024;

export class SerialQueue {
  readonly #maxOfferedBytes: number;
  readonly #fault: (cause: unknown) => void;
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  #offeredBytes = 0;

  /** `fault` gets the errors of tasks. The queue continues with the next task. */
  constructor(maxOfferedBytes: number, fault: (cause: unknown) => void) {
    this.#maxOfferedBytes = maxOfferedBytes;
    this.#fault = fault;
  }

  /** Runs `task` after all before it. */
  add(task: () => Promise<void>): void {
    this.#waiting += 1;
    this.#tail = this.#runAfter(this.#tail, task);
  }

  /** Like `add`, for a line from outside. Returns false, without running it, if too many bytes wait already. */
  offer(bytes: number, task: () => Promise<void>): boolean {
    const cost = Math.max(bytes, leastLineCost);
    if (this.#offeredBytes + cost > this.#maxOfferedBytes) return false;
    this.#offeredBytes += cost;
    this.add(async () => {
      this.#offeredBytes -= cost;
      await task();
    });
    return true;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#waiting > 0) await this.#tail;
  }

  async #runAfter(before: Promise<void>, task: () => Promise<void>): Promise<void> {
    await before;
    try {
      await task();
    } catch (cause) {
      this.#fault(cause);
    } finally {
      this.#waiting -= 1;
    }
  }
}

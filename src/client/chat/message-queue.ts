// Messages for a program that reads them at its own pace: a queue with a mark; over it the connection is not read any
// more. Either somebody iterates over it, or everything goes to listeners.

/** Over so many the source is told to wait, under half of them to go on. */
export const queueMark = 1000;

export class MessageQueue<T> {
  readonly #full: (isFull: boolean) => void;
  #items: T[] = [];
  #isFull = false;
  #isEnded = false;
  #divert: ((item: T) => void) | undefined;
  #wake: () => void = () => {};

  constructor(full: (isFull: boolean) => void) {
    this.#full = full;
  }

  put(item: T): void {
    if (this.#divert !== undefined) {
      this.#divert(item);
      return;
    }
    this.#items.push(item);
    if (this.#items.length > queueMark && !this.#isFull) this.#setFull(true);
    this.#wake();
  }

  /** From here on everything goes to `take` at once, beginning with what waits. */
  divert(take: (item: T) => void): void {
    this.#divert = take;
    const items = this.#items;
    this.#items = [];
    for (const item of items) take(item);
    if (this.#isFull) this.#setFull(false);
  }

  /** Nothing more will come; what waits can still be taken. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** What waits and what will come. `taken` is called for an item when the next one is asked for, or none any more. */
  async *iterate(taken: (item: T) => void): AsyncIterableIterator<T> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        if (this.#isFull && this.#items.length < queueMark / 2) this.#setFull(false);
        try {
          yield item;
        } finally {
          taken(item);
        }
      } else if (this.#isEnded) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #setFull(isFull: boolean): void {
    this.#isFull = isFull;
    this.#full(isFull);
  }
}

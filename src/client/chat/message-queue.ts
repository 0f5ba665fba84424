// Messages for a program that reads them at its own pace: a queue with a mark. Above it the connection is not read any
// more. Either somebody iterates over it, or everything goes to listeners.

/** With more items than this the source must wait, with less than half of them it continues. */
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

  /** From now on everything goes to `take` at once, beginning with the waiting items. */
  divert(take: (item: T) => void): void {
    this.#divert = take;
    const items = this.#items;
    this.#items = [];
    for (const item of items) take(item);
    if (this.#isFull) this.#setFull(false);
  }

  /** No more items will come. Waiting ones can still be read. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** Whether the end of a loop has come may have changed. */
  look(): void {
    this.#wake();
  }

  /**
   * Waiting and future items, or only those until `isOver`. `taken` is called for an item when the next one is requested, or
   * the loop ends.
   */
  async *iterate(
    taken: (item: T) => void,
    isOver: () => boolean = () => false,
  ): AsyncIterableIterator<T> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        if (this.#isFull && this.#items.length < queueMark / 2) this.#setFull(false);
        try {
          yield item;
        } finally {
          taken(item);
        }
      } else if (this.#isEnded || isOver()) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #setFull(isFull: boolean): void {
    this.#isFull = isFull;
    this.#full(isFull);
  }
}

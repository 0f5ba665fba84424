// Writes to the device's store, in order. While one write runs, further ones gather for the next: a thousand messages
// are a few writes, and each is on the disk before it is emitted. After a failed write nothing more is written: the
// disk is consistent, and the state in memory no longer counts.

import type { ClientChange, ClientStore } from '../store/store-port.ts';

export class StoreWriter {
  readonly #store: Pick<ClientStore, 'write'>;
  readonly #failed: (cause: unknown) => void;
  #next: ClientChange[] = [];
  #following: Promise<void> | undefined;
  #tail: Promise<void> = Promise.resolve();

  /** `failed` gets the error of the first failed write. */
  constructor(store: Pick<ClientStore, 'write'>, failed: (cause: unknown) => void) {
    this.#store = store;
    this.#failed = failed;
  }

  /** Resolves when all of `changes`, and all before them, are on the disk. Rejects when they never will be. */
  write(changes: readonly ClientChange[]): Promise<void> {
    if (changes.length === 0 && this.#following === undefined) return this.#tail;
    for (const change of changes) this.#next.push(change);
    this.#following ??= this.#flushAfter(this.#tail);
    return this.#following;
  }

  /** Resolves when nothing is to be written any more, whether it worked or not. */
  async idle(): Promise<void> {
    while (this.#following !== undefined) await this.#following.catch(() => {});
    await this.#tail.catch(() => {});
  }

  async #flushAfter(before: Promise<void>): Promise<void> {
    try {
      await before;
    } catch (cause) {
      // Nothing is written after a failed write.
      this.#following = undefined;
      throw cause;
    }
    // From now on changes are for the next write.
    const changes = this.#next;
    this.#next = [];
    const done = this.#keep(changes);
    this.#tail = done;
    // Callers get the failure. Without a caller it must not end the program.
    done.catch(() => {});
    this.#following = undefined;
    await done;
  }

  async #keep(changes: readonly ClientChange[]): Promise<void> {
    try {
      await this.#store.write(changes);
    } catch (cause) {
      this.#failed(cause);
      throw cause;
    }
  }
}

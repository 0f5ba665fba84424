// The queue for all work on an account: one task at a time, because encryption allows one step at a time, and each on
// the disk before any of it is emitted or sent. After the first failure no task runs any more: the disk is
// consistent, and the next start continues from there.

import { SerialQueue } from '../encryption/queue/serial-queue.ts';
import type { ClientStore } from '../store/store-port.ts';
import { StoreWriter } from './store-writer.ts';

export class AccountQueue {
  readonly writer: StoreWriter;
  readonly #queue: SerialQueue;
  readonly #failed: (cause: unknown) => void;
  #isBroken = false;

  /** `failed` gets the first failure. */
  constructor(store: Pick<ClientStore, 'write'>, failed: (cause: unknown) => void) {
    this.#failed = failed;
    this.writer = new StoreWriter(store, (cause) => this.#broke(cause));
    // The store writer reports a failed write. Any other error is a bug, after which nothing is certain.
    this.#queue = new SerialQueue(0, (cause) => this.#isBroken || this.#broke(cause));
  }

  /** Runs `task` after all earlier ones. `skipped` is called instead where no task runs any more. */
  readonly add = (task: () => Promise<void>, skipped?: () => void): void => {
    this.#queue.add(async () => {
      if (this.#isBroken) skipped?.();
      else await task();
    });
  };

  /** What `task` gives, in its turn; undefined where no task runs any more. Never from within a task. */
  ask<T>(task: () => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      this.add(
        async () => resolve(await task()),
        () => resolve(undefined),
      );
    });
  }

  /** Resolves when no task is left. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  #broke(cause: unknown): void {
    this.#isBroken = true;
    this.#failed(cause);
  }
}

// Takes out of the store what is older, or more, than is to be kept: a bounded part at a time, so that nobody waits
// behind it for long.

import { StoreError, type Retention, type Store, type Trimmed } from '../hub/store-port.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';

/** From the end of one round to the next, in milliseconds. */
const intervalMs = 60_000;

export class RetentionLoop {
  readonly #store: Pick<Store, 'trim'>;
  readonly #retention: Retention;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #trimmed: (trimmed: readonly Trimmed[]) => void;
  #cancel: (() => void) | undefined;
  #round: Promise<void> | undefined;
  #isClosed = false;

  /** @param trimmed told what is no longer there, as often as something is not */
  constructor(
    store: Pick<Store, 'trim'>,
    retention: Retention,
    clock: Clock,
    log: Logger,
    trimmed: (trimmed: readonly Trimmed[]) => void,
  ) {
    this.#store = store;
    this.#retention = retention;
    this.#clock = clock;
    this.#log = log;
    this.#trimmed = trimmed;
  }

  /** Begins with a round at once. */
  start(): void {
    this.#round = this.#trim().finally(() => {
      this.#round = undefined;
      if (!this.#isClosed) this.#cancel = this.#clock.after(intervalMs, () => this.start());
    });
  }

  /** Resolves when the store is not asked any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    await this.#round;
  }

  async #trim(): Promise<void> {
    try {
      for (let more = true; more && !this.#isClosed;) {
        const result = await this.#store.trim(this.#retention, Date.now());
        if (result.trimmed.length > 0) this.#trimmed(result.trimmed);
        more = result.more;
      }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // What is too old stays a little longer: the next round tries again.
      this.#log.warn({ code: error.code }, 'old messages could not be taken out of the store');
    }
  }
}

// Deletes from the store what is too old or too much: a bounded part at a time, so that nobody waits long for it.
// Reports what it deleted, and preserves the age clock and the used quotas of writers over a restart.

import type { Change, QuotaRecord } from '../hub/records.ts';
import {
  StoreError,
  type ExpiredLine,
  type Retention,
  type Store,
  type Trimmed,
} from '../hub/store-port.ts';
import type { AgeClock } from './age-clock.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';

/** Time from the end of one round to the next, in milliseconds. */
const intervalMs = 60_000;

/** How often the age clock is stored, in milliseconds. Time that a crash loses makes messages stay longer. */
const writeEveryMs = 600_000;

/** A longer time off than this is logged as a warning, in milliseconds. */
const longOffMs = 86_400_000;

const hourMs = 3_600_000;

type RetentionStore = Pick<Store, 'trim' | 'commit'>;

/** Where retention reports its results. */
export interface RetentionListener {
  /** Called with what was deleted, each time. */
  trimmed(trimmed: readonly Trimmed[]): void;
  /** Called with what was erased because its own time was over. */
  expired(lines: readonly ExpiredLine[]): void;
  /** How much writers used of their quotas, to be stored. */
  quotas(): readonly QuotaRecord[];
  /** The age clock, once in each round. */
  aged(age: number): void;
}

export class RetentionLoop {
  readonly #store: RetentionStore;
  readonly #retention: Retention;
  readonly #ages: AgeClock;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #listener: RetentionListener;
  #cancel: (() => void) | undefined;
  #round: Promise<void> | undefined;
  #isClosed = false;
  #writtenAt = -Infinity;
  /** The stored quotas, as text. */
  #writtenQuotas: string;
  /** Whether messages are deleted now because of a long time off. */
  #isAfterLongOff = false;

  constructor(
    store: RetentionStore,
    retention: Retention,
    ages: AgeClock,
    clock: Clock,
    log: Logger,
    listener: RetentionListener,
  ) {
    this.#store = store;
    this.#retention = retention;
    this.#ages = ages;
    this.#clock = clock;
    this.#log = log;
    this.#listener = listener;
    this.#writtenQuotas = JSON.stringify(listener.quotas());
  }

  /** Begins with a round at once. */
  start(): void {
    const { owedMs, waitMs } = this.#ages;
    if (owedMs > longOffMs) {
      this.#log.warn(
        { aheadHours: hours(owedMs), waitHours: hours(waitMs) },
        'the clock is far ahead of where the last run left it: no message is taken out for that before the server has run so long',
      );
    }
    this.#go();
  }

  /** Resolves when the store is not used any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    await this.#round;
    await this.#quietly(() => this.#write(), 'the age of messages could not be written down');
  }

  #go(): void {
    this.#round = this.#quietly(
      () => this.#trim(),
      'old messages could not be taken out of the store',
    ).finally(() => {
      this.#round = undefined;
      if (!this.#isClosed) this.#cancel = this.#clock.after(intervalMs, () => this.#go());
    });
  }

  async #trim(): Promise<void> {
    const { countedMs: counted, setMs } = this.#ages.look();
    if (Math.abs(setMs) > hourMs) {
      this.#log.warn(
        { hours: hours(setMs) },
        'the clock was set: messages age as if it had not been',
      );
    }
    if (counted > longOffMs) {
      this.#isAfterLongOff = true;
      this.#log.warn({ hours: hours(counted) }, 'the time that the server was off counts now');
    }
    this.#listener.aged(this.#ages.now);
    let [messages, conversations] = [0, 0];
    for (let more = true; more && !this.#isClosed;) {
      const result = await this.#store.trim(this.#retention, this.#ages.now);
      if (result.trimmed.length > 0) this.#listener.trimmed(result.trimmed);
      if (result.expired.length > 0) this.#listener.expired(result.expired);
      for (const part of result.trimmed) messages += part.messages;
      conversations += result.trimmed.length;
      more = result.more;
    }
    if (messages > 0) {
      const level = this.#isAfterLongOff ? 'warn' : 'info';
      this.#log[level](
        { messages, conversations },
        'messages were taken out: too old, or too many',
      );
    }
    this.#isAfterLongOff = false;
    const isDue = this.#clock.now() - this.#writtenAt >= writeEveryMs;
    const isUsed = this.#writtenQuotas !== JSON.stringify(this.#listener.quotas());
    if ((isDue || counted > 0 || isUsed) && !this.#isClosed) await this.#write();
  }

  async #write(): Promise<void> {
    const changes: Change[] = [{ type: 'clock', clock: this.#ages.record }];
    const quotas = this.#listener.quotas();
    const asText = JSON.stringify(quotas);
    if (asText !== this.#writtenQuotas) changes.push({ type: 'quotas', quotas });
    await this.#store.commit({ changes, segments: [] });
    this.#writtenAt = this.#clock.now();
    this.#writtenQuotas = asText;
  }

  /** If the store refuses, the next round tries again: messages stay a little longer. */
  async #quietly(work: () => Promise<void>, failure: string): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#log.warn({ code: error.code }, failure);
    }
  }
}

function hours(ms: number): number {
  return Math.round(ms / hourMs);
}

// The health of the store beyond what the commit queue knows (whether it accepts writes): whether it can be read, and
// which messages are damaged. Logs each damaged place once.

import type { LogId } from '../hub/records.ts';
import { StoreError, type StoreCheck } from '../hub/store-port.ts';
import type { Logger } from './log.ts';

/** How many damaged places are remembered, so that none is logged twice. Further ones are not logged. */
const maxPlaces = 1000;

/** A commit that takes longer than this is a problem for /healthz, in milliseconds. */
export const longCommitMs = 10_000;

export class StoreHealth {
  readonly #log: Logger;
  readonly #places = new Set<string>();
  #reads = true;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** How many damaged places were found. */
  get damagedPlaces(): number {
    return this.#places.size;
  }

  /** Messages of a log, by their numbers, cannot be read any more. */
  found(log: LogId, first: number, last: number): void {
    if (!this.#isNew(`${log} ${first} ${last}`)) return;
    this.#log.error(
      { table: 'segments', log, first, last },
      'the database is damaged: these messages cannot be read any more. helo admin check looks at all of it',
    );
  }

  #foundRow(table: string, what: string): void {
    if (!this.#isNew(`${table} ${what}`)) return;
    this.#log.error(
      { table },
      `the database is damaged: ${what}. helo admin check looks at all of it`,
    );
  }

  #isNew(place: string): boolean {
    if (this.#places.has(place) || this.#places.size >= maxPlaces) return false;
    this.#places.add(place);
    return true;
  }

  /** Records what `check` finds, or that it failed. */
  async look(check: () => Promise<StoreCheck>): Promise<void> {
    try {
      for (const { table, what, log, first, last } of (await check()).damages) {
        if (log === undefined) this.#foundRow(table, what);
        else this.found(log, first ?? 0, last ?? 0);
      }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#log.warn({ code: error.code }, 'the database could not be looked at');
    }
  }

  /** Reads by `work`, and records whether that worked. */
  async reading<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      if (!this.#reads) this.#log.info({}, 'the store can be read again');
      this.#reads = true;
      return result;
    } catch (error) {
      if (error instanceof StoreError && this.#reads) {
        this.#reads = false;
        this.#log.error({ code: error.code }, 'the store cannot be read');
      }
      throw error;
    }
  }

  /** What is wrong, in words for monitoring. */
  trouble(works: boolean, commitMs: number): string | undefined {
    if (!works) return 'the store has failed';
    if (commitMs > longCommitMs) return 'the disk does not answer';
    if (!this.#reads) return 'the store cannot be read';
    return this.#places.size > 0 ? 'the database is damaged' : undefined;
  }
}

// HISTORY: pages of a conversation's log, read from the store. Sends one page per connection at a time, and only when
// the client has read most of the earlier output. A client that requests much and reads slowly waits, instead of being
// closed as a slow consumer.

import type { Readable } from '../../hub/lookups.ts';
import type { LogId } from '../../hub/records.ts';
import type { LogRange, Segment, Store } from '../../hub/store-port.ts';
import { formatExtendedEvent } from '../../wire/extended/events.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import type { Clock } from '../clock.ts';
import type { Transport } from '../transport/transport.ts';
import { pageOf, type PageRange } from './page.ts';
import { whenRead } from './when-read.ts';

export type HistoryRequest = RequestOf<'HISTORY'>;

/** Messages of a page, if the client names no limit. */
const defaultLimit = 100;

/** A page of long messages ends earlier. The client sees that there is more, and requests the next one. */
const maxPageBytes = 256 * 1024;

/** How many bytes flood control counts for each message of a page: known before the page is. */
const messageCost = 100;

export interface StoreWatcher {
  found(log: LogId, first: number, last: number): void;
  /** Runs `work`, which reads. */
  reading<T>(work: () => Promise<T>): Promise<T>;
}

export class HistoryHandler {
  readonly #store: Pick<Store, 'read'>;
  readonly #clock: Clock;
  readonly #health: StoreWatcher;

  /** @param health told whether reading works */
  constructor(store: Pick<Store, 'read'>, clock: Clock, health: StoreWatcher) {
    this.#store = store;
    this.#health = health;
    this.#clock = clock;
  }

  /** The cost of a request, in bytes. */
  cost({ limit = defaultLimit }: HistoryRequest): number {
    return limit * messageCost;
  }

  /**
   * The lines that answer a request, the last of them HISTORY_END. Rejects with a StoreError if the log cannot be read.
   * @param transport what they will be written to; undefined when the connection has ended
   */
  async answer(
    request: HistoryRequest,
    readable: Readable,
    transport: () => Transport | undefined,
  ): Promise<string> {
    await whenRead(this.#clock, transport);
    const range = rangeOf(request, readable);
    const segments =
      range.after + 1 < range.before ? await this.#read({ log: readable.log, ...range }) : [];
    const page = pageOf(segments, range);
    // If the numbers after it were never stored, this announces one more page, which is empty.
    const more =
      page.count > 0 &&
      (range.from === 'start'
        ? Math.max(page.last, page.damaged.at(-1)?.[1] ?? 0) < range.before - 1
        : Math.min(page.first, page.damaged[0]?.[0] ?? Infinity) > range.after + 1);
    for (const [first, last] of page.damaged) this.#health.found(readable.log, first, last);
    const damaged =
      page.damaged.length > 0
        ? page.damaged.map(([a, b]) => [a, b] as [number, number])
        : undefined;
    const { label } = request;
    const end = {
      label,
      in: readable.name,
      log: readable.number,
      count: page.count,
      more,
      damaged,
    };
    return page.lines + formatExtendedEvent({ verb: 'HISTORY_END', ...end });
  }

  #read(range: LogRange): Promise<readonly Segment[]> {
    return this.#health.reading(() => this.#store.read(range));
  }
}

/** The requested range, limited to what may be read. */
function rangeOf(
  { after, before, limit = defaultLimit }: HistoryRequest,
  { first, last }: Readable,
): PageRange {
  return {
    after: Math.max(after ?? 0, first - 1),
    before: Math.min(before ?? Infinity, last + 1),
    from: after === undefined ? 'end' : 'start',
    maxMessages: limit,
    maxBytes: maxPageBytes,
  };
}

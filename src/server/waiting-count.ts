// Counts the private messages that waited when the server started, by sender: in the background, a page at a time, so
// that neither the start nor messages wait for it. The hub counts newer messages itself.

import type { HubInput } from '../hub/hub.ts';
import { keptSize } from '../hub/messages/directs.ts';
import type { WaitingRange } from '../hub/lookups.ts';
import { StoreError, type LogRange, type Segment, type Store } from '../hub/store-port.ts';
import { parseExtendedEvent } from '../wire/extended/events.ts';
import type { Logger } from './log.ts';

/** The maximum of one read. Other calls wait a few milliseconds for it. */
const page = { maxMessages: 500, maxBytes: 256 * 1024 } as const;

export class WaitingCount {
  readonly #store: Pick<Store, 'read'>;
  readonly #log: Logger;
  readonly #counted: (input: HubInput & { readonly type: 'waited' }) => void;
  #isClosed = false;
  #done = Promise.resolve();

  /** @param counted called with a part at a time */
  constructor(
    store: Pick<Store, 'read'>,
    log: Logger,
    counted: (input: HubInput & { readonly type: 'waited' }) => void,
  ) {
    this.#store = store;
    this.#log = log;
    this.#counted = counted;
  }

  /** Counts `ranges`. Call it once. */
  start(ranges: readonly WaitingRange[]): void {
    this.#done = this.#countAll(ranges);
  }

  /** Resolves when everything is counted. */
  get counted(): Promise<void> {
    return this.#done;
  }

  /** Resolves when the store is not used any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#done;
  }

  async #countAll(ranges: readonly WaitingRange[]): Promise<void> {
    try {
      for (const range of ranges) await this.#count(range);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#log.warn({ code: error.code }, 'the private messages that wait could not be counted');
    }
  }

  async #count({ log, people, after, last }: WaitingRange): Promise<void> {
    let at = after;
    while (at < last && !this.#isClosed) {
      const range: LogRange = { log, after: at, before: last + 1, from: 'start', ...page };
      const segments = await this.#store.read(range);
      const end = segments.at(-1);
      if (end === undefined || this.#isClosed) return;
      const upTo = Math.min(last, end.first + end.count - 1);
      const bytes = people.map(() => 0);
      let messages = 0;
      for (const segment of segments) {
        for (const { seq, from, size } of messagesOf(segment)) {
          if (seq <= at || seq > upTo) continue;
          messages++;
          const side = people.indexOf(from);
          if (side >= 0) bytes[side] = (bytes[side] ?? 0) + size;
        }
      }
      this.#counted({ type: 'waited', log, bytes, messages });
      if (upTo <= at) return;
      at = upTo;
    }
  }
}

/** A damaged segment has no lines, and nothing of it waits. */
function* messagesOf({ bytes }: Segment) {
  for (const line of Buffer.from(bytes).toString().split('\n')) {
    const event = line === '' ? undefined : parseExtendedEvent(line);
    if (event?.verb !== 'MSG' || event.seq === undefined || event.from === undefined) continue;
    yield { seq: event.seq, from: event.from, size: keptSize(event) };
  }
}

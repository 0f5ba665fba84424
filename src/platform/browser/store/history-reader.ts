// The history as it is shown, within one transaction: the messages of each conversation in display order. A page has it
// before it has a client (store-reader.ts has what only that asks for).
import { atTheEnd, placed, shown, type KeptMessage } from '../../../client/store/kept-message.ts';
import { epochOf, noLineage, type LogEpochs } from '../../../client/store/log-epochs.ts';
import type {
  HistoryAnchor,
  HistoryRange,
  HistoryRecord,
  PlacedRecord,
} from '../../../client/store/store-port.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import { withSaid } from './amended.ts';
import type { ReadTransaction } from './database.ts';
import { beginningWith, keptOf, keysBefore, keysFrom } from './message-row.ts';

export class HistoryReader {
  protected readonly transaction: ReadTransaction;

  constructor(transaction: ReadTransaction) {
    this.transaction = transaction;
  }

  async lineageOf(conversation: ConversationName): Promise<LogEpochs> {
    return (await this.transaction.objectStore('conversations').get(conversation)) ?? noLineage;
  }

  async page(
    conversation: ConversationName,
    before: number | undefined,
    limit: number,
  ): Promise<readonly HistoryRecord[]> {
    const epochs = await this.lineageOf(conversation);
    const range =
      before === undefined
        ? beginningWith(conversation)
        : keysBefore([conversation, epochOf(epochs, before), before]);
    return (await this.lastIn(range, limit)).map((kept) => shown(kept, epochs));
  }

  async historyRange(
    conversation: ConversationName,
    range: HistoryRange,
    limit: number,
  ): Promise<readonly PlacedRecord[]> {
    const epochs = await this.lineageOf(conversation);
    const found = await this.#keptRange(conversation, epochs, range, limit);
    return found.map((kept) => placed(kept, epochs));
  }

  protected get messages() {
    return this.transaction.objectStore('messages');
  }

  async #keptRange(
    conversation: ConversationName,
    epochs: LogEpochs,
    range: HistoryRange,
    limit: number,
  ): Promise<readonly KeptMessage[]> {
    switch (range.kind) {
      case 'first':
        return this.#firstIn(beginningWith(conversation), limit);
      case 'last':
        return this.lastIn(beginningWith(conversation), limit);
      case 'since':
        return this.#firstIn(keysFrom(await this.#placeSince(conversation, range.at)), limit);
      case 'before':
      case 'from':
      case 'after':
        return this.#beside(conversation, epochs, range, limit);
    }
  }

  async #beside(
    conversation: ConversationName,
    epochs: LogEpochs,
    { kind, message }: Extract<HistoryRange, { readonly message: HistoryAnchor }>,
    limit: number,
  ): Promise<readonly KeptMessage[]> {
    const key = await this.#keyOf(conversation, message.rowId);
    if (key !== undefined) {
      if (kind === 'before') return this.lastIn(keysBefore(key), limit);
      return this.#firstIn(keysFrom(key, kind === 'after'), limit);
    }
    const { seq } = message;
    if (seq === undefined) return [];
    const log = epochOf(epochs, seq);
    const place = [conversation, log, seq];
    if (kind === 'before') return this.lastIn(keysBefore(place), limit);
    const found = await this.#firstIn(keysFrom(place), kind === 'after' ? limit + 1 : limit);
    if (kind === 'from') return found;
    const isThere = found[0]?.log === log && found[0].seq === seq;
    return found.slice(isThere ? 1 : 0).slice(0, limit);
  }

  /** The key of a message in the display order. Undefined if it is gone. */
  async #keyOf(
    conversation: ConversationName,
    rowId: number | undefined,
  ): Promise<IDBValidKey[] | undefined> {
    const row = rowId === undefined ? undefined : await this.messages.get(rowId);
    if (row?.conversation !== conversation) return undefined;
    return [conversation, row.log, row.place, row.rank, row.id];
  }

  /** The first log and place that is not older than `at`. If all with a place are older, the messages that wait. */
  async #placeSince(conversation: ConversationName, at: number): Promise<IDBValidKey[]> {
    let range = beginningWith(conversation);
    for (;;) {
      const log = (await this.#firstIn(range, 1))[0]?.log ?? atTheEnd;
      if (log === atTheEnd) return [conversation, atTheEnd];
      const place = await this.#placeIn(conversation, log, at);
      if (place !== undefined) return [conversation, log, place];
      range = keysFrom([conversation, log, []]);
    }
  }

  /** The same in one log. Times grow with the places, so a binary search finds it. */
  async #placeIn(
    conversation: ConversationName,
    log: number,
    at: number,
  ): Promise<number | undefined> {
    const nextFrom = async (place: number) => {
      const range = IDBKeyRange.bound([conversation, log, place], [conversation, log, []]);
      return (await this.#firstIn(range, 1))[0];
    };
    let low = 0;
    let high = ((await this.lastIn(beginningWith(conversation, log), 1))[0]?.place ?? 0) + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = await nextFrom(middle);
      if (found === undefined || found.message.at >= at) high = middle;
      else low = found.place + 1;
    }
    return (await nextFrom(low)) === undefined ? undefined : low;
  }

  async #firstIn(range: IDBKeyRange, limit: number): Promise<readonly KeptMessage[]> {
    if (limit < 1) return [];
    const rows = await this.messages.index('order').getAll(range, limit);
    return withSaid(this.transaction, rows.map(keptOf));
  }

  protected async lastIn(range: IDBKeyRange, limit: number): Promise<readonly KeptMessage[]> {
    const found: KeptMessage[] = [];
    let cursor = limit < 1 ? null : await this.messages.index('order').openCursor(range, 'prev');
    while (cursor !== null) {
      found.push(keptOf(cursor.value));
      cursor = found.length < limit ? await cursor.continue() : null;
    }
    return withSaid(this.transaction, found.reverse());
  }
}

// A client's store in IndexedDB. What a change needs is computed in its transaction, from reads in it; nothing but those
// is awaited there. A write is on the disk when it resolves (`durability: 'strict'`).
import { placed } from '../../../client/store/kept-message.ts';
import { noLineage, type LogEpochs } from '../../../client/store/log-epochs.ts';
import { contentOf, storedContent } from '../../../client/store/stored-content.ts';
import type {
  AmendedChange,
  BlockAddress,
  ClientChange,
  ClientRecords,
  ClientStore,
  FiledRecord,
  HistoryQuery,
  HistoryRange,
  HistoryRecord,
  PlacedRecord,
  StoredBlock,
} from '../../../client/store/store-port.ts';
import { wordMatcher } from '../../../client/store/word-search.ts';
import { unreachable } from '../../../lib/invariant.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import { adoptUnknown } from './adopt-unknown.ts';
import { withSaid } from './amended.ts';
import {
  attempt,
  write,
  type AccountDatabase,
  type StoreName,
  type WriteTransaction,
} from './database.ts';
import { StoreReader } from './store-reader.ts';
import { HistoryWriter, historyStores, type MessageIds } from './history-writer.ts';
import { beginningWith, keptOf } from './message-row.ts';

/** Everything that a client's store has. */
const all: StoreName[] = [
  ...historyStores,
  'outbox',
  'sessions',
  'packages',
  'groupParts',
  'values',
  'things',
];
/** How many messages a search reads at once. */
const searchStep = 1_000;

type Stream = NonNullable<ClientRecords['stream']>;

export class BrowserClientStore implements ClientStore {
  readonly #database: AccountDatabase;
  readonly #ids: MessageIds;
  readonly #released: () => void;
  readonly #pending = new Set<Promise<unknown>>();
  #isClosed = false;

  private constructor(database: AccountDatabase, ids: MessageIds, released: () => void) {
    this.#database = database;
    this.#ids = ids;
    this.#released = released;
  }

  /** `released` is called when it is closed. The database stays open for what else is in it. */
  static async open(database: AccountDatabase, released: () => void): Promise<BrowserClientStore> {
    const ids = await attempt(async () => {
      const { store } = database.transaction('messages');
      const [first, last] = await Promise.all([
        store.openKeyCursor(),
        store.openKeyCursor(null, 'prev'),
      ]);
      return { first: Math.min(1, first?.key ?? 1), last: Math.max(0, last?.key ?? 0) };
    });
    await attempt(() => adoptUnknown(database, ids));
    return new BrowserClientStore(database, ids, released);
  }

  load(): Promise<ClientRecords> {
    return this.#attempt(async () => {
      const transaction = this.#database.transaction(all);
      const of = <Name extends StoreName>(name: Name) => transaction.objectStore(name).getAll();
      const things = transaction.objectStore('things');
      const [conversations, outbox, sessions, packages, groupParts, values, stream, runs] =
        await Promise.all([
          of('conversations'),
          of('outbox'),
          of('sessions'),
          of('packages'),
          of('groupParts'),
          of('values'),
          things.get('stream'),
          things.get('runs'),
        ]);
      return {
        conversations,
        outbox: outbox
          .map((entry) => ({ ...entry, content: contentOf(entry.content) }))
          .sort((one, other) => one.order - other.order),
        stream: stream as Stream | undefined,
        runs: (runs ?? []) as readonly number[],
        sessions,
        packages,
        groupParts,
        values,
      };
    });
  }

  write(changes: readonly ClientChange[]): Promise<void> {
    return this.#attempt(() =>
      write(this.#database, all, async (transaction) => {
        const writer = new ChangeWriter(transaction, this.#ids);
        await writer.applyAll(changes);
        await writer.end();
      }),
    );
  }

  history(
    conversation: ConversationName,
    before: number | undefined,
    limit: number,
  ): Promise<readonly HistoryRecord[]> {
    return this.#read((reader) => reader.page(conversation, before, limit));
  }

  ownMessages(
    conversation: ConversationName,
    numbers: readonly number[],
  ): Promise<readonly HistoryRecord[]> {
    return this.#read((reader) => reader.own(conversation, numbers));
  }

  ownBehind(
    conversation: ConversationName,
    seq: number,
    limit: number,
    epoch?: number,
  ): Promise<readonly HistoryRecord[]> {
    return this.#read((reader) => reader.ownBehind(conversation, seq, limit, epoch));
  }

  numbered(
    conversation: ConversationName,
    seq: number,
    epoch?: number,
  ): Promise<HistoryRecord | undefined> {
    return this.#read((reader) => reader.numbered(conversation, seq, epoch));
  }

  hasText(conversation: ConversationName, textId: string): Promise<boolean> {
    return this.#read((reader) => reader.hasText(conversation, textId));
  }

  historyRange(
    conversation: ConversationName,
    range: HistoryRange,
    limit: number,
  ): Promise<readonly PlacedRecord[]> {
    return this.#read((reader) => reader.historyRange(conversation, range, limit));
  }

  expiring(until: number): Promise<readonly PlacedRecord[]> {
    return this.#read((reader) => reader.expiring(until));
  }

  nextEnd(): Promise<number | undefined> {
    return this.#read((reader) => reader.nextEnd());
  }

  pinned(conversation: ConversationName): Promise<readonly PlacedRecord[]> {
    return this.#read((reader) => reader.pinned(conversation));
  }

  historyBlocks(conversation: ConversationName): Promise<readonly StoredBlock[]> {
    return this.#read((reader) => reader.blocks(conversation));
  }

  historyBlock(address: BlockAddress): Promise<readonly FiledRecord[]> {
    return this.#read((reader) => reader.block(address));
  }

  /**
   * Reads from the newest message on, a step at a time, so that a page stays usable meanwhile. IndexedDB has no index of
   * words, and one of its own would make every write several times as expensive.
   */
  search(
    { words, conversation, from }: HistoryQuery,
    limit: number,
  ): Promise<readonly PlacedRecord[]> {
    return this.#attempt(async () => {
      if (words.length === 0 && conversation === undefined && from === undefined) return [];
      const isMeant = wordMatcher(words);
      const sender = from?.toLowerCase();
      const found: PlacedRecord[] = [];
      for (let top = this.#ids.last; top >= this.#ids.first; top -= searchStep) {
        const range = IDBKeyRange.bound(top - searchStep + 1, top);
        const rows = await this.#database.getAll('messages', range);
        for (const row of rows.reverse()) {
          if (conversation !== undefined && row.conversation !== conversation) continue;
          if (sender !== undefined && row.record.from?.toLowerCase() !== sender) continue;
          // Most are texts, and not meant.
          if (!isMeant(row.now ?? row.content.text ?? '')) continue;
          const [kept = keptOf(row)] = await withSaid(
            this.#database.transaction([...historyStores]),
            [keptOf(row)],
          );
          found.push(placed(kept, await this.#lineageOf(kept.message.conversation)));
          if (found.length >= limit) return found;
        }
      }
      return found;
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.allSettled(this.#pending);
    this.#released();
  }

  async #lineageOf(conversation: ConversationName): Promise<LogEpochs> {
    return (await this.#database.get('conversations', conversation)) ?? noLineage;
  }

  #read<T>(work: (reader: StoreReader) => Promise<T>): Promise<T> {
    return this.#attempt(() =>
      work(new StoreReader(this.#database.transaction([...historyStores], 'readonly'))),
    );
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error('the store is closed');
    const working = attempt(work);
    this.#pending.add(working);
    try {
      return await working;
    } finally {
      this.#pending.delete(working);
    }
  }
}

/** The changes of one write. */
class ChangeWriter {
  readonly #transaction: WriteTransaction;
  readonly #history: HistoryWriter;
  readonly #lineages = new Map<ConversationName, LogEpochs>();

  constructor(transaction: WriteTransaction, ids: MessageIds) {
    this.#transaction = transaction;
    this.#history = new HistoryWriter(transaction, ids, (name) => this.#lineageOf(name));
  }

  /** Reactions that follow each other are one step: there may be many. */
  async applyAll(changes: readonly ClientChange[]): Promise<void> {
    let reactions: AmendedChange[] = [];
    for (const change of changes) {
      if (isReaction(change)) {
        reactions.push(change);
        continue;
      }
      if (reactions.length > 0) await this.#history.react(reactions);
      reactions = [];
      await this.#apply(change);
    }
    if (reactions.length > 0) await this.#history.react(reactions);
  }

  async #apply(change: ClientChange): Promise<void> {
    switch (change.type) {
      case 'conversation':
        this.#lineages.set(change.conversation.name, change.conversation);
        await this.#in('conversations').put(change.conversation);
        return;
      case 'message':
        return this.#history.put(change.message);
      case 'amended':
        return this.#history.amend(change);
      case 'imported':
        return this.#history.import(change.messages);
      case 'mark-removed':
        return this.#history.removeMark(change.conversation, change.seq);
      case 'expiry-begun':
        return this.#history.begin(change.conversation, change.seq, change.age);
      case 'expired':
        return this.#history.expire(change.until);
      case 'delivered':
        return this.#history.delivered(change.conversation, change.seq);
      case 'outbox': {
        const { content, ...entry } = change.entry;
        await this.#in('outbox').put({ ...entry, content: storedContent(content) });
        return;
      }
      case 'outbox-removed':
        return this.#in('outbox').delete(change.localId);
      case 'stream': {
        const { stream, lastNumber } = change;
        await this.#in('things').put({ stream, lastNumber }, 'stream');
        return;
      }
      case 'runs':
        await this.#in('things').put([...change.runs], 'runs');
        return;
      case 'session':
        await this.#in('sessions').put(withOwnBytes(change.session));
        return;
      case 'session-removed':
        return this.#in('sessions').delete(change.groupId);
      case 'package':
        await this.#in('packages').put(withOwnBytes(change.package));
        return;
      case 'package-removed':
        return this.#in('packages').delete(change.reference);
      case 'group-part':
        await this.#in('groupParts').put(withOwnBytes(change.part));
        return;
      case 'group-part-removed':
        return this.#in('groupParts').delete([change.conversation, change.part]);
      case 'group-removed':
        return this.#in('groupParts').delete(beginningWith(change.conversation));
      case 'kept-value': {
        const { name, value } = change;
        if (value === undefined) await this.#in('values').delete(name);
        else await this.#in('values').put({ name, value });
        return;
      }
      default:
        unreachable(change);
    }
  }

  end(): Promise<void> {
    return this.#history.end();
  }

  #in<Name extends StoreName>(name: Name) {
    return this.#transaction.objectStore(name);
  }

  async #lineageOf(conversation: ConversationName): Promise<LogEpochs> {
    const known =
      this.#lineages.get(conversation) ??
      (await this.#in('conversations').get(conversation)) ??
      noLineage;
    this.#lineages.set(conversation, known);
    return known;
  }
}

function isReaction(change: ClientChange): change is AmendedChange {
  return change.type === 'amended' && change.amendment.content.kind === 'react';
}

/** A view of larger memory would be stored with all of it. */
function withOwnBytes<T extends { readonly bytes: Uint8Array }>(record: T): T {
  return { ...record, bytes: record.bytes.slice() };
}

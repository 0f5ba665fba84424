// A client's store in memory: gone with the program. For bots that need no history, for tests, and when another program
// has the store of the account open.

import { unreachable } from '../../lib/invariant.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import { noLineage, type LogEpochs } from './log-epochs.ts';
import { MemoryHistory } from './memory-history.ts';
import type {
  BlockAddress,
  ClientChange,
  ClientRecords,
  ClientStore,
  ConversationRecord,
  FiledRecord,
  GroupPart,
  HistoryQuery,
  HistoryRecord,
  KeptValue,
  OutboxRecord,
  PackageRecord,
  PlacedRecord,
  SessionRecord,
  StoredBlock,
  HistoryRange,
} from './store-port.ts';

export class MemoryClientStore implements ClientStore {
  readonly #conversations = new Map<ConversationName, ConversationRecord>();
  readonly #outbox = new Map<string, OutboxRecord>();
  readonly #sessions = new Map<string, SessionRecord>();
  readonly #packages = new Map<string, PackageRecord>();
  readonly #groupParts = new Map<string, GroupPart>();
  readonly #values = new Map<string, KeptValue>();
  readonly #history = new MemoryHistory();
  #stream: ClientRecords['stream'];
  #runs: readonly number[] = [];
  #isClosed = false;

  async load(): Promise<ClientRecords> {
    this.#checkOpen();
    return this.records;
  }

  /** The result of `load`. */
  get records(): ClientRecords {
    return {
      conversations: sorted(this.#conversations.values(), ({ name }) => name),
      outbox: [...this.#outbox.values()].sort((one, other) => one.order - other.order),
      stream: this.#stream,
      runs: this.#runs,
      sessions: sorted(this.#sessions.values(), ({ groupId }) => groupId).map(withOwnBytes),
      packages: sorted(this.#packages.values(), ({ reference }) => reference).map(withOwnBytes),
      groupParts: sorted(this.#groupParts.values(), partKey).map(withOwnBytes),
      values: sorted(this.#values.values(), ({ name }) => name),
    };
  }

  /** Every message, by conversation and in order. */
  get messages(): readonly HistoryRecord[] {
    return this.#history.messages;
  }

  async write(changes: readonly ClientChange[]): Promise<void> {
    this.#checkOpen();
    this.apply(changes);
  }

  /** The effect of `write`. */
  apply(changes: readonly ClientChange[]): void {
    for (const change of changes) this.#apply(change);
  }

  async history(
    conversation: ConversationName,
    before: number | undefined,
    limit: number,
  ): Promise<readonly HistoryRecord[]> {
    this.#checkOpen();
    return this.#history.page(conversation, this.#lineageOf(conversation), before, limit);
  }

  async ownMessages(
    conversation: ConversationName,
    numbers: readonly number[],
  ): Promise<readonly HistoryRecord[]> {
    this.#checkOpen();
    return this.#history.own(conversation, this.#lineageOf(conversation), numbers);
  }

  async ownBehind(
    conversation: ConversationName,
    seq: number,
    limit: number,
    epoch?: number,
  ): Promise<readonly HistoryRecord[]> {
    this.#checkOpen();
    return this.#history.ownBehind(conversation, this.#lineageOf(conversation), seq, limit, epoch);
  }

  async numbered(
    conversation: ConversationName,
    seq: number,
    epoch?: number,
  ): Promise<HistoryRecord | undefined> {
    this.#checkOpen();
    return this.#history.numbered(conversation, this.#lineageOf(conversation), seq, epoch);
  }

  async hasText(conversation: ConversationName, textId: string): Promise<boolean> {
    this.#checkOpen();
    return this.#history.hasText(conversation, textId);
  }

  async expiring(until: number): Promise<readonly PlacedRecord[]> {
    this.#checkOpen();
    return this.#history.expiring(until, (name) => this.#lineageOf(name));
  }

  async nextEnd(): Promise<number | undefined> {
    this.#checkOpen();
    return this.#history.nextEnd;
  }

  async historyRange(
    conversation: ConversationName,
    historyRange: HistoryRange,
    limit: number,
  ): Promise<readonly PlacedRecord[]> {
    this.#checkOpen();
    return this.#history.historyRange(
      conversation,
      this.#lineageOf(conversation),
      historyRange,
      limit,
    );
  }

  async pinned(conversation: ConversationName): Promise<readonly PlacedRecord[]> {
    this.#checkOpen();
    return this.#history.pinned(conversation, this.#lineageOf(conversation));
  }

  async historyBlocks(conversation: ConversationName): Promise<readonly StoredBlock[]> {
    this.#checkOpen();
    return this.#history.blocks(conversation);
  }

  async historyBlock(address: BlockAddress): Promise<readonly FiledRecord[]> {
    this.#checkOpen();
    return this.#history.block(address);
  }

  async search(query: HistoryQuery, limit: number): Promise<readonly PlacedRecord[]> {
    this.#checkOpen();
    return this.#history.search(query, limit, (name) => this.#lineageOf(name));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #apply(change: ClientChange): void {
    switch (change.type) {
      case 'conversation':
        this.#conversations.set(change.conversation.name, change.conversation);
        return;
      case 'message':
        this.#history.put(change.message, this.#lineageOf(change.message.conversation));
        return;
      case 'amended':
        this.#history.amend(change, this.#lineageOf(change.conversation));
        return;
      case 'imported':
        this.#history.import(change.messages);
        return;
      case 'mark-removed':
        this.#history.removeMark(
          change.conversation,
          this.#lineageOf(change.conversation),
          change.seq,
        );
        return;
      case 'expiry-begun': {
        const { conversation, seq, age } = change;
        this.#history.begin(conversation, this.#lineageOf(conversation), seq, age);
        return;
      }
      case 'expired':
        this.#history.expire(change.until);
        return;
      case 'delivered':
        this.#history.delivered(
          change.conversation,
          this.#lineageOf(change.conversation),
          change.seq,
        );
        return;
      case 'outbox':
        this.#outbox.set(change.entry.localId, change.entry);
        return;
      case 'outbox-removed':
        this.#outbox.delete(change.localId);
        return;
      case 'stream':
        this.#stream = { stream: change.stream, lastNumber: change.lastNumber };
        return;
      case 'runs':
        this.#runs = change.runs;
        return;
      case 'session':
        this.#sessions.set(change.session.groupId, withOwnBytes(change.session));
        return;
      case 'session-removed':
        this.#sessions.delete(change.groupId);
        return;
      case 'package':
        this.#packages.set(change.package.reference, withOwnBytes(change.package));
        return;
      case 'package-removed':
        this.#packages.delete(change.reference);
        return;
      case 'group-part':
        this.#groupParts.set(partKey(change.part), withOwnBytes(change.part));
        return;
      case 'group-part-removed':
        this.#groupParts.delete(partKey(change));
        return;
      case 'group-removed':
        for (const [key, { conversation }] of this.#groupParts) {
          if (conversation === change.conversation) this.#groupParts.delete(key);
        }
        return;
      case 'kept-value': {
        const { name, value } = change;
        if (value === undefined) this.#values.delete(name);
        else this.#values.set(name, { name, value });
        return;
      }
      default:
        unreachable(change);
    }
  }

  #lineageOf(conversation: ConversationName): LogEpochs {
    return this.#conversations.get(conversation) ?? noLineage;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new Error('the store is closed');
  }
}

/** Names of conversations contain no spaces. */
function partKey({ conversation, part }: Pick<GroupPart, 'conversation' | 'part'>): string {
  return `${conversation} ${part}`;
}

/** Keys are overwritten in place after their use. Stored ones must not be. */
function withOwnBytes<T extends { readonly bytes: Uint8Array }>(record: T): T {
  return { ...record, bytes: record.bytes.slice() };
}

function sorted<T>(values: Iterable<T>, by: (value: T) => string): T[] {
  return [...values].sort((one, other) => (by(one) < by(other) ? -1 : 1));
}

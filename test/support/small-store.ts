// A client's store in memory, for tests that crash: what was written stays, what was under way may be gone.
import type {
  ClientChange,
  ClientRecords,
  ClientStore,
  ConversationRecord,
  HistoryRecord,
  OutboxRecord,
  PackageRecord,
  SessionRecord,
} from '../../src/client/store-port.ts';
import type { ConversationName } from '../../src/wire/extended/names.ts';

export class SmallStore implements ClientStore {
  readonly conversations = new Map<string, ConversationRecord>();
  messages: HistoryRecord[] = [];
  readonly outbox = new Map<string, OutboxRecord>();
  readonly sessions = new Map<string, SessionRecord>();
  readonly packages = new Map<string, PackageRecord>();
  stream: { stream: string; lastNumber: number } | undefined;
  /** Set: writes are refused, as by a disk that is full. */
  isFull = false;
  /** Set: the next writes do not get to the disk any more. */
  isDead = false;
  writes = 0;

  /** What is on the disk at this moment. Keys that are wiped in one are not wiped in the other. */
  survivor(): SmallStore {
    const survivor = new SmallStore();
    for (const [key, value] of this.conversations) survivor.conversations.set(key, value);
    for (const [key, value] of this.outbox) survivor.outbox.set(key, value);
    for (const [key, value] of this.sessions) survivor.sessions.set(key, structuredClone(value));
    for (const [key, value] of this.packages) survivor.packages.set(key, structuredClone(value));
    survivor.messages = [...this.messages];
    survivor.stream = this.stream;
    return survivor;
  }

  async load(): Promise<ClientRecords> {
    return {
      conversations: [...this.conversations.values()],
      outbox: [...this.outbox.values()].sort((one, other) => one.order - other.order),
      stream: this.stream,
      sessions: [...this.sessions.values()],
      packages: [...this.packages.values()],
    };
  }

  async write(changes: readonly ClientChange[]): Promise<void> {
    await new Promise(setImmediate);
    // Whoever is dead never hears of the end.
    if (this.isDead) await new Promise(() => {});
    if (this.isFull) throw new Error('the disk is full');
    this.writes += 1;
    for (const change of changes) this.#apply(change);
  }

  async history(name: ConversationName, before: number | undefined, limit: number) {
    const of = this.messages.filter(
      ({ conversation, seq }) =>
        conversation === name && (before === undefined || (seq ?? Infinity) < before),
    );
    return of.sort((one, other) => (one.seq ?? Infinity) - (other.seq ?? Infinity)).slice(-limit);
  }

  async ownMessages(name: ConversationName, numbers: readonly number[]) {
    return this.messages.filter(
      ({ conversation, seq, localId, encrypted }) =>
        conversation === name && localId !== undefined && encrypted && numbers.includes(seq ?? 0),
    );
  }

  async search(): Promise<readonly HistoryRecord[]> {
    return [];
  }

  async close(): Promise<void> {}

  #apply(change: ClientChange): void {
    switch (change.type) {
      case 'conversation':
        this.conversations.set(change.conversation.name, change.conversation);
        return;
      case 'conversation-removed':
        this.conversations.delete(change.name);
        this.messages = this.messages.filter(({ conversation }) => conversation !== change.name);
        return;
      case 'message': {
        const { message } = change;
        this.messages = this.messages.filter(
          (other) =>
            !(message.localId !== undefined && other.localId === message.localId) &&
            !(
              message.seq !== undefined &&
              other.seq === message.seq &&
              other.conversation === message.conversation
            ),
        );
        this.messages.push(message);
        return;
      }
      case 'delivered':
        this.messages = this.messages.map((message) =>
          message.conversation === change.conversation &&
          message.state === 'stored' &&
          (message.seq ?? Infinity) <= change.seq
            ? { ...message, state: 'delivered' }
            : message,
        );
        return;
      case 'outbox':
        this.outbox.set(change.entry.localId, change.entry);
        return;
      case 'outbox-removed':
        this.outbox.delete(change.localId);
        return;
      case 'stream':
        this.stream = { stream: change.stream, lastNumber: change.lastNumber };
        return;
      case 'session':
        this.sessions.set(change.session.groupId, change.session);
        return;
      case 'session-removed':
        this.sessions.delete(change.groupId);
        return;
      case 'package':
        this.packages.set(change.package.reference, change.package);
        return;
      case 'package-removed':
        this.packages.delete(change.reference);
    }
  }
}

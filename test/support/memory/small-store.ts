// A client's store in memory, for tests that crash: what was written stays, what was in progress may be lost.
import { MemoryClientStore } from '../../../src/client/store/memory-store.ts';
import type {
  BlockAddress,
  ClientChange,
  ClientRecords,
  ClientStore,
  HistoryRecord,
  HistoryRange,
  HistorySearch,
} from '../../../src/client/store/store-port.ts';
import type { ConversationName } from '../../../src/wire/extended/names.ts';

export class SmallStore implements ClientStore {
  readonly #kept = new MemoryClientStore();
  readonly #written: (readonly ClientChange[])[] = [];
  /** Set: writes are refused, as on a full disk. */
  isFull = false;
  /** Set: further writes do not reach the disk. */
  isDead = false;
  canSearch = true;

  /** What is on the disk now. Keys that are wiped in one are not wiped in the other. */
  survivor(): SmallStore {
    const survivor = new SmallStore();
    for (const changes of this.#written) survivor.#keep(changes);
    return survivor;
  }

  get records(): ClientRecords {
    return this.#kept.records;
  }

  get messages(): readonly HistoryRecord[] {
    return this.#kept.messages;
  }

  /** How far a conversation is. */
  cursor(name: string): number | undefined {
    return this.records.conversations.find((one) => one.name === name)?.cursor;
  }

  load(): Promise<ClientRecords> {
    return this.#kept.load();
  }

  async write(changes: readonly ClientChange[]): Promise<void> {
    await new Promise(setImmediate);
    // A dead program gets no answer.
    if (this.isDead) await new Promise(() => {});
    if (this.isFull) throw new Error('the disk is full');
    this.#keep(changes);
  }

  history(name: ConversationName, before: number | undefined, limit: number) {
    return this.#kept.history(name, before, limit);
  }

  ownMessages(name: ConversationName, numbers: readonly number[]) {
    return this.#kept.ownMessages(name, numbers);
  }

  ownBehind(name: ConversationName, seq: number, limit: number, epoch?: number) {
    return this.#kept.ownBehind(name, seq, limit, epoch);
  }

  numbered(name: ConversationName, seq: number, epoch?: number) {
    return this.#kept.numbered(name, seq, epoch);
  }

  hasText(name: ConversationName, textId: string) {
    return this.#kept.hasText(name, textId);
  }

  historyRange(name: ConversationName, historyRange: HistoryRange, limit: number) {
    return this.#kept.historyRange(name, historyRange, limit);
  }

  pinned(name: ConversationName) {
    return this.#kept.pinned(name);
  }

  expiring(until: number) {
    return this.#kept.expiring(until);
  }

  nextEnd() {
    return this.#kept.nextEnd();
  }

  historyBlocks(name: ConversationName) {
    return this.#kept.historyBlocks(name);
  }

  historyBlock(address: BlockAddress) {
    return this.#kept.historyBlock(address);
  }

  get search(): HistorySearch | undefined {
    return this.canSearch ? (query, limit) => this.#kept.search(query, limit) : undefined;
  }

  async close(): Promise<void> {}

  #keep(changes: readonly ClientChange[]): void {
    // Keys are overwritten in place after their use. What is on the disk is not.
    const copied = structuredClone(changes);
    this.#written.push(copied);
    this.#kept.apply(copied);
  }
}

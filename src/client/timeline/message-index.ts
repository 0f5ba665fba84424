// Which messages of a stored conversation are in memory: by their numbers in the server's log, and own ones by the
// ids that this device gave them. So messages from the history and live ones are shown once, in order.

import type { HistoryRecord, SendState } from '../store/store-port.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { HistoryWindow } from './history-window.ts';

/** The most own messages whose delivery is followed. Beyond that, the oldest keep their state. */
const maxFollowed = 10_000;

export class MessageIndex {
  readonly name: ConversationName;
  readonly window: HistoryWindow;
  /** The last page of the history is in memory. */
  isLoaded = false;
  /** Resolves when it is, once it is being read. */
  loaded: Promise<void> | undefined;
  /** It is being read. What arrives meanwhile waits here. */
  waiting: (() => void)[] | undefined;
  /** Up to here it was read from the history. Live messages have higher numbers, each once. */
  #read = 0;
  readonly #byId = new Map<string, number>();
  readonly #undelivered = new Map<number, number>();

  constructor(name: ConversationName, window: HistoryWindow) {
    this.name = name;
    this.window = window;
  }

  /** The last page of the history is in memory. */
  pageRead(records: readonly HistoryRecord[]): void {
    for (const { seq = 0 } of records) this.#read = Math.max(this.#read, seq);
  }

  /** Whether the live message with that number is not in memory yet. */
  takes(seq: number | undefined): boolean {
    return seq === undefined || seq > this.#read;
  }

  keyOf(localId: string): number | undefined {
    return this.#byId.get(localId);
  }

  /** Follows what becomes of an own message. */
  follow(
    localId: string | undefined,
    key: number,
    state: SendState,
    seq: number | undefined,
  ): void {
    if (localId !== undefined) {
      if (state === 'waiting' || state === 'stored') this.#byId.set(localId, key);
      else this.#byId.delete(localId);
    }
    if (seq !== undefined && state === 'stored') this.#undelivered.set(seq, key);
    for (const followed of [this.#byId, this.#undelivered] as Map<unknown, number>[]) {
      const [oldest] = followed.keys();
      if (followed.size > maxFollowed) followed.delete(oldest);
    }
  }

  /** The keys of the own messages that are delivered with everything up to `seq`. */
  delivered(seq: number): readonly number[] {
    const keys: number[] = [];
    for (const [number, key] of this.#undelivered) {
      if (number > seq) continue;
      keys.push(key);
      this.#undelivered.delete(number);
    }
    return keys;
  }
}

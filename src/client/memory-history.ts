// The history of the store in memory: messages of each conversation in the order in which they are shown.

import type { ConversationName } from '../wire/extended/names.ts';
import type { HistoryRecord } from './store-port.ts';
import { wordMatcher } from './word-search.ts';

interface Kept {
  readonly message: HistoryRecord;
  /** The log of the conversation when it was put there. */
  readonly log: number;
  /** Behind which number it stands; its own where it has one. */
  readonly place: number;
  /** In the order of coming. */
  readonly id: number;
}

/** Behind everything that has a number. */
const atTheEnd = Infinity;

export class MemoryHistory {
  readonly #kept = new Map<ConversationName, Kept[]>();
  #lastId = 0;

  put(message: HistoryRecord, log: number): void {
    const { conversation, localId, seq } = message;
    const sameOwn = (one: Kept) => localId !== undefined && one.message.localId === localId;
    const sameNumber = (one: Kept) =>
      seq !== undefined &&
      one.message.conversation === conversation &&
      one.log === log &&
      one.message.seq === seq;
    let id: number | undefined;
    for (const [name, all] of this.#kept) {
      id ??= all.find(sameOwn)?.id;
      this.#kept.set(
        name,
        all.filter((one) => !sameOwn(one) && !sameNumber(one)),
      );
    }
    const all = this.#kept.get(conversation) ?? [];
    const isWaiting = seq === undefined && message.state === 'waiting';
    let last = 0;
    for (const one of all) if (one.log === log) last = Math.max(last, one.message.seq ?? 0);
    all.push({
      message,
      log: isWaiting ? atTheEnd : log,
      place: isWaiting ? atTheEnd : (seq ?? last),
      id: id ?? ++this.#lastId,
    });
    all.sort(
      (one, other) =>
        compare(one.log, other.log) ||
        compare(one.place, other.place) ||
        compare(Number(one.message.seq === undefined), Number(other.message.seq === undefined)) ||
        compare(one.id, other.id),
    );
    this.#kept.set(conversation, all);
  }

  /** `logOf`: which log of a conversation counts. */
  search(
    words: readonly string[],
    limit: number,
    logOf: (conversation: ConversationName) => number,
  ): readonly HistoryRecord[] {
    const isMeant = wordMatcher(words);
    if (words.length === 0) return [];
    return [...this.#kept.values()]
      .flat()
      .filter(({ message }) => isMeant(message.text))
      .sort((one, other) => other.id - one.id)
      .slice(0, limit)
      .map(({ message, log }) =>
        log === logOf(message.conversation) ? message : { ...message, seq: undefined },
      );
  }

  remove(conversation: ConversationName): void {
    this.#kept.delete(conversation);
  }

  delivered(conversation: ConversationName, log: number, upTo: number): void {
    const all = this.#kept.get(conversation) ?? [];
    for (const [index, one] of all.entries()) {
      const { localId, state, seq = Infinity } = one.message;
      if (localId === undefined || state !== 'stored' || one.log !== log || seq > upTo) continue;
      all[index] = { ...one, message: { ...one.message, state: 'delivered' } };
    }
  }

  page(
    conversation: ConversationName,
    log: number,
    before: number | undefined,
    limit: number,
  ): HistoryRecord[] {
    const all = (this.#kept.get(conversation) ?? []).filter(
      (one) => before === undefined || one.log < log || (one.log === log && one.place < before),
    );
    return all.slice(Math.max(0, all.length - limit)).map((one) => shown(one, log));
  }

  own(conversation: ConversationName, log: number, numbers: readonly number[]): HistoryRecord[] {
    return (this.#kept.get(conversation) ?? [])
      .filter(({ message, log: its }) => its === log && numbers.includes(message.seq ?? 0))
      .map(({ message }) => message)
      .filter(({ localId, encrypted }) => localId !== undefined && encrypted);
  }
}

/** A number of an earlier log says nothing in this one. */
function shown({ message, log }: Kept, current: number): HistoryRecord {
  return log === current || message.seq === undefined ? message : { ...message, seq: undefined };
}

/** Of two numbers, infinite ones too. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

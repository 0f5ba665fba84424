// The history of the store in memory: messages of each conversation in the order in which they are shown.

import type { ConversationName } from '../wire/extended/names.ts';
import type { Beside, HistoryQuery, HistoryRecord, PlacedRecord, Stretch } from './store-port.ts';
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
  readonly #own = new Map<string, Kept>();
  #lastId = 0;

  get messages(): readonly HistoryRecord[] {
    return [...this.#kept.values()].flat().map(({ message }) => message);
  }

  put(message: HistoryRecord, log: number): void {
    const { conversation, localId, seq } = message;
    const before = localId === undefined ? undefined : this.#own.get(localId);
    if (before !== undefined) this.#take(before);
    const all = this.#allOf(conversation);
    const isWaiting = seq === undefined && message.state === 'waiting';
    const same = seq === undefined ? undefined : numbered(all, log, seq);
    if (same !== undefined) this.#take(same);
    const kept: Kept = {
      message,
      log: isWaiting ? atTheEnd : log,
      place: isWaiting ? atTheEnd : (seq ?? lastNumber(all, log)),
      id: before?.id ?? ++this.#lastId,
    };
    // Nearly always at the end.
    let index = all.length;
    while (index > 0 && order(all[index - 1] ?? kept, kept) > 0) index -= 1;
    all.splice(index, 0, kept);
    if (localId !== undefined) this.#own.set(localId, kept);
  }

  #take(kept: Kept): void {
    const { conversation, localId } = kept.message;
    const all = this.#allOf(conversation);
    const index = all.lastIndexOf(kept);
    if (index >= 0) all.splice(index, 1);
    if (localId !== undefined) this.#own.delete(localId);
  }

  #allOf(conversation: ConversationName): Kept[] {
    const all = this.#kept.get(conversation) ?? [];
    this.#kept.set(conversation, all);
    return all;
  }

  /** `logOf`: which log of a conversation counts. */
  search(
    { words, conversation, from }: HistoryQuery,
    limit: number,
    logOf: (conversation: ConversationName) => number,
  ): readonly PlacedRecord[] {
    const isMeant = wordMatcher(words);
    if (words.length === 0 && conversation === undefined && from === undefined) return [];
    return [...this.#kept.values()]
      .flat()
      .filter(
        ({ message }) =>
          (conversation === undefined || message.conversation === conversation) &&
          (from === undefined || message.from?.toLowerCase() === from.toLowerCase()) &&
          isMeant(message.text),
      )
      .sort((one, other) => other.id - one.id)
      .slice(0, limit)
      .map((one) => placed(one, logOf(one.message.conversation)));
  }

  stretch(
    conversation: ConversationName,
    log: number,
    stretch: Stretch,
    limit: number,
  ): readonly PlacedRecord[] {
    const all = this.#kept.get(conversation) ?? [];
    const [from, to] = this.#bounds(all, log, stretch, limit);
    return all.slice(Math.max(0, from), Math.max(0, to)).map((one) => placed(one, log));
  }

  #bounds(
    all: readonly Kept[],
    log: number,
    stretch: Stretch,
    limit: number,
  ): readonly [from: number, to: number] {
    const { kind } = stretch;
    if (kind === 'first') return [0, limit];
    if (kind === 'last') return [all.length - limit, all.length];
    if (stretch.kind === 'since') {
      const found = all.findIndex(
        (one) => one.log > log || (one.log === log && one.message.at >= stretch.at),
      );
      return found < 0 ? [0, 0] : [found, found + limit];
    }
    const { message } = stretch;
    const index = indexOf(all, log, message);
    if (index === undefined) return [0, 0];
    if (kind === 'before') return [index - limit, index];
    const isThere = all[index]?.id === message.spot || isNumbered(all[index], log, message);
    const from = kind === 'after' && isThere ? index + 1 : index;
    return [from, from + limit];
  }

  remove(conversation: ConversationName): void {
    for (const { message } of this.#allOf(conversation)) {
      if (message.localId !== undefined) this.#own.delete(message.localId);
    }
    this.#kept.delete(conversation);
  }

  delivered(conversation: ConversationName, log: number, upTo: number): void {
    const all = this.#kept.get(conversation) ?? [];
    for (const [index, one] of all.entries()) {
      const { localId, state, seq = Infinity } = one.message;
      if (localId === undefined || state !== 'stored' || one.log !== log || seq > upTo) continue;
      const delivered: Kept = { ...one, message: { ...one.message, state: 'delivered' } };
      all[index] = delivered;
      this.#own.set(localId, delivered);
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

/** Of the last ones that have one: the highest number of a log. */
function lastNumber(all: readonly Kept[], log: number): number {
  return all.findLast((one) => one.log === log && one.message.seq !== undefined)?.message.seq ?? 0;
}

function numbered(all: readonly Kept[], log: number, seq: number): Kept | undefined {
  for (let index = all.length - 1; index >= 0; index--) {
    const one = all[index];
    if (one === undefined || one.log < log || (one.log === log && one.place < seq)) return;
    if (one.log === log && one.message.seq === seq) return one;
  }
  return undefined;
}

function order(one: Kept, other: Kept): number {
  return (
    compare(one.log, other.log) ||
    compare(one.place, other.place) ||
    compare(Number(one.message.seq === undefined), Number(other.message.seq === undefined)) ||
    compare(one.id, other.id)
  );
}

function placed(one: Kept, current: number): PlacedRecord {
  return { ...shown(one, current), spot: one.id };
}

/** Where a message stands among all; of one that is gone, where its number would. */
function indexOf(all: readonly Kept[], log: number, { spot, seq }: Beside): number | undefined {
  const index = spot === undefined ? -1 : all.findIndex(({ id }) => id === spot);
  if (index >= 0) return index;
  if (seq === undefined) return undefined;
  const next = all.findIndex((one) => one.log > log || (one.log === log && one.place >= seq));
  return next < 0 ? all.length : next;
}

function isNumbered(one: Kept | undefined, log: number, { seq }: Beside): boolean {
  return one?.log === log && seq !== undefined && one.message.seq === seq;
}

/** Of two numbers, infinite ones too. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

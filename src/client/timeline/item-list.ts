// The items of a range of one conversation in memory: appended, prepended when older ones are read, released at
// either end, replaced when their state changes. Keys always grow along it. Bounded: the oldest go.

import type { HistoryAnchor } from '../store/store-port.ts';
import type { TimelineItems, TimelineItem, MessageItem } from './model.ts';

/** The most items in memory. They are dropped in steps of `dropStep`, so that not every message pays for it. */
export const maxEntries = 100_000;
const dropStep = 1_000;
/** Among so many of the last ones an item may stand that has a lower number. */
const lateItems = 64;

/** Makes an item with this key. */
export type ItemMaker = (key: number) => TimelineItem;

export interface ItemListOptions {
  /** Whether its end is the newest message. */
  readonly isNewest: boolean;
  /** The next key at the end. Items before it have lower ones. */
  readonly nextKey: number;
}

export class ItemList implements TimelineItems {
  readonly isNewest: boolean;
  #entries: TimelineItem[] = [];
  #version = 0;
  #next: number;
  #first: number;

  constructor({ isNewest, nextKey }: ItemListOptions = { isNewest: true, nextKey: 1 }) {
    this.isNewest = isNewest;
    this.#next = nextKey;
    this.#first = nextKey;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** Another one after every change. */
  get version(): number {
    return this.#version;
  }

  get nextKey(): number {
    return this.#next;
  }

  /** Lower than every key in it, now and before. */
  get lowKey(): number {
    return this.#first - 1;
  }

  at(index: number): TimelineItem | undefined {
    return this.#entries[index];
  }

  indexFrom(key: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.key ?? Infinity) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get(key: number): TimelineItem | undefined {
    const entry = this.#entries[this.indexFrom(key)];
    return entry?.key === key ? entry : undefined;
  }

  /** The last `limit` messages for which `isMeant` is true, newest first. */
  findLast(isMeant: (said: MessageItem) => boolean, limit: number): readonly MessageItem[] {
    const found: MessageItem[] = [];
    for (let index = this.#entries.length - 1; index >= 0 && found.length < limit; index--) {
      const entry = this.#entries[index];
      if (entry?.kind === 'message' && isMeant(entry)) found.push(entry);
    }
    return found;
  }

  /** A list of those for which `isMeant` is true. */
  only(isMeant: (entry: TimelineItem) => boolean): ItemList {
    const list = new ItemList({ isNewest: this.isNewest, nextKey: this.#next });
    list.#entries = this.#entries.filter(isMeant);
    return list;
  }

  /** The item of a message of the history. */
  find(message: HistoryAnchor): TimelineItem | undefined {
    return this.#entries.find((entry) => isSame(entry, message));
  }

  /** The item with that number of the log. Numbers grow along the list; items without one are skipped. */
  findNumber(seq: number): TimelineItem | undefined {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      let at = middle;
      while (at < high && this.#entries[at]?.seq === undefined) at += 1;
      const number = at < high ? this.#entries[at]?.seq : undefined;
      if (number === seq) return this.#entries[at];
      if (number !== undefined && number < seq) low = at + 1;
      else high = middle;
    }
    // What was said again stands behind newer ones.
    return this.#entries.slice(-lateItems).find((entry) => entry.seq === seq);
  }

  /** The first item that is not older than `at`. */
  findSince(at: number): TimelineItem | undefined {
    return this.#entries.find((entry) => entry.at >= at);
  }

  /** The first item from index `from` on where reading the history can continue. */
  anchorFrom(from: number): number | undefined {
    const index = this.#entries.findIndex((entry, at) => at >= from && isAnchor(entry));
    return index < 0 ? undefined : index;
  }

  /**
   * Where `records`, which are read forwards, reach the first item of this list: their index, and its key. Undefined if
   * they do not reach it. Those without a number may have moved, and marks may be gone: they count only before the first
   * message with a number.
   */
  meets(
    records: readonly HistoryAnchor[],
  ): { readonly index: number; readonly key: number } | undefined {
    const numbered = this.#entries.findIndex(
      ({ seq, kind }) => seq !== undefined && kind !== 'unreadable',
    );
    const first = this.#entries.slice(0, numbered < 0 ? undefined : numbered + 1);
    for (const [index, record] of records.entries()) {
      const met = first.find((entry) => isSame(entry, record));
      if (met !== undefined) return { index, key: met.key };
    }
    return undefined;
  }

  /** The last item where reading the history can continue. */
  get lastAnchor(): TimelineItem | undefined {
    return this.#entries.findLast(isAnchor);
  }

  /** Adds the item that `make` returns for the next key. */
  push(make: ItemMaker): TimelineItem {
    const entry = make(this.#next++);
    this.#version += 1;
    this.#entries.push(entry);
    if (this.#entries.length >= maxEntries + dropStep) {
      // Items before the first can be read again only beside an anchor.
      const anchor = this.anchorFrom(dropStep) ?? dropStep;
      this.dropFirst(anchor < 2 * dropStep ? anchor : dropStep);
    }
    return entry;
  }

  /** Puts older ones before the first, oldest first. */
  unshift(makers: readonly ItemMaker[]): void {
    this.#version += 1;
    this.#first -= makers.length;
    const first = this.#first;
    this.#entries = [...makers.map((make, index) => make(first + index)), ...this.#entries];
  }

  /**
   * Puts all of another list before the first. Its keys are lower, unless more items followed it than there were keys:
   * then it gets new ones.
   */
  join(earlier: ItemList): void {
    this.#version += 1;
    const last = earlier.#entries.at(-1)?.key ?? -Infinity;
    const over = Math.max(0, last - (this.#entries[0]?.key ?? this.#next) + 1);
    const before =
      over === 0
        ? earlier.#entries
        : earlier.#entries.map((entry) => ({ ...entry, key: entry.key - over }));
    this.#entries = [...before, ...this.#entries];
    this.#first = earlier.#first - over;
  }

  /** Drops the items before `key` for which `isMeant` is false. */
  keep(isMeant: (entry: TimelineItem) => boolean, key: number): void {
    this.#version += 1;
    this.#entries = this.#entries.filter((entry) => entry.key >= key || isMeant(entry));
  }

  /** Removes the first items up to `index`, and returns them as a list of their own, which is not the newest. */
  splitAt(index: number): ItemList {
    this.#version += 1;
    const earlier = new ItemList({
      isNewest: false,
      nextKey: this.#entries[index]?.key ?? this.#next,
    });
    earlier.#entries = this.#entries.splice(0, index);
    earlier.#first = this.#first;
    this.#first = this.#entries[0]?.key ?? this.#next;
    return earlier;
  }

  dropFirst(count: number): void {
    if (count <= 0) return;
    this.#version += 1;
    this.#entries.splice(0, count);
  }

  dropLast(count: number): void {
    if (count <= 0) return;
    this.#version += 1;
    this.#entries.splice(-count);
    // Items that are read again get the same keys.
    this.#next = (this.#entries.at(-1)?.key ?? this.#first - 1) + 1;
  }

  /** Drops the last items up to the last one where reading the history can continue. */
  dropUnplaced(): void {
    this.dropLast(this.#entries.length - 1 - this.#entries.findLastIndex(isAnchor));
  }

  /** Replaces the item with the same key, if it is still there. */
  replace(entry: TimelineItem): void {
    const index = this.indexFrom(entry.key);
    if (this.#entries[index]?.key !== entry.key) return;
    this.#version += 1;
    this.#entries[index] = entry;
  }
}

/** Whether the history has it at this position, so that it can be read again. */
export function isFiled(entry: TimelineItem): boolean {
  return entry.kind === 'message' ? entry.state !== 'waiting' : isAnchor(entry);
}

/** Whether reading the history can continue there. Notices of the program have no position in it. */
function isAnchor({ rowId, seq }: TimelineItem): boolean {
  return rowId !== undefined || seq !== undefined;
}

function isSame(entry: TimelineItem, { rowId, seq }: HistoryAnchor): boolean {
  return (rowId !== undefined && entry.rowId === rowId) || (seq !== undefined && entry.seq === seq);
}

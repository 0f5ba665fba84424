// Which part of a stored conversation is in memory: always its newest messages; and, if the person looks further
// back, one range away from them. Loads more at both ends of that, joins it to the newest ones when it reaches them,
// and releases what is far from the view, so memory is bounded however far they scroll.
//
// Invariant: the entries shown are consecutive messages of the history, none missing, none twice.

import type { HistoryAnchor, PlacedRecord, HistoryRange } from '../store/store-port.ts';
import { ItemList, isFiled, type ItemMaker } from './item-list.ts';
import type { TimelineItem } from './model.ts';

export interface HistoryWindowPorts {
  /** The messages of a range; empty where there are none. */
  readonly read: (historyRange: HistoryRange, limit: number) => Promise<readonly PlacedRecord[]>;
  readonly entryOf: (record: PlacedRecord) => ItemMaker;
}

export interface WindowSizes {
  /** So many messages are read at once. */
  readonly page: number;
  /** Where the newest ones are more than this, and the person goes further up, what is up there becomes a range. */
  readonly newest: number;
  /** So many of the newest stay then. */
  readonly rest: number;
  /** A range is not longer; what is furthest from the reading end goes. */
  readonly away: number;
}

const defaultSizes: WindowSizes = { page: 200, newest: 5_000, rest: 1_000, away: 10_000 };

/** Between the keys of the newest messages and those of a range away from them: more than anybody pages through. */
const keyGap = 2 ** 32;

export class HistoryWindow {
  readonly #newest: ItemList;
  readonly #ports: HistoryWindowPorts;
  readonly #sizes: WindowSizes;
  #away: ItemList | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** `newest`: the log of the newest messages; others add to it. */
  constructor(newest: ItemList, ports: HistoryWindowPorts, sizes: WindowSizes = defaultSizes) {
    this.#newest = newest;
    this.#ports = ports;
    this.#sizes = sizes;
  }

  /** What is shown. */
  get entries(): ItemList {
    return this.#away ?? this.#newest;
  }

  /** How many are in memory. */
  get size(): number {
    return this.#newest.length + (this.#away?.length ?? 0);
  }

  get(key: number): TimelineItem | undefined {
    return this.#newest.get(key) ?? this.#away?.get(key);
  }

  /** Puts `entry` in the place of the one with its key, if that is still there. */
  replace(entry: TimelineItem): void {
    this.#newest.replace(entry);
    this.#away?.replace(entry);
  }

  /** Back to the newest messages. */
  toNewest(): void {
    this.#away = undefined;
  }

  /** Reads the last page, in front of what came since. */
  async load(): Promise<readonly PlacedRecord[]> {
    return this.#inTurn(async () => {
      const records = await this.#read({ kind: 'last' });
      this.#newest.unshift(records.map(this.#ports.entryOf));
      return records;
    });
  }

  /** Reads what is before the first entry. False where nothing was. */
  earlier(): Promise<boolean> {
    return this.#inTurn(async () => {
      const log = this.entries;
      const first = this.#anchor(log, 0);
      if (first === undefined) return false;
      const records = await this.#read({ kind: 'before', message: first });
      // Meanwhile the person may have gone elsewhere, or the oldest may have had to go.
      if (this.entries !== log || this.#anchor(log, 0) !== first) return true;
      // What stood in front of it without a place of its own was read again.
      if (records.length > 0) log.keep((entry) => !isFiled(entry), first.key);
      log.unshift(records.map(this.#ports.entryOf));
      if (log === this.#newest) this.#part();
      else this.#dropLast(log);
      return records.length > 0;
    });
  }

  /** Reads what is behind the last entry, where those are not the newest ones. */
  later(): Promise<void> {
    return this.#inTurn(async () => {
      const log = this.#away;
      const last = log?.lastAnchor;
      if (log === undefined || last === undefined) return;
      const key = this.#newest.nextKey;
      const records = await this.#read({ kind: 'after', message: last });
      if (this.#away !== log || log.lastAnchor !== last) return;
      this.#append(log, records, key);
    });
  }

  /** Brings a message into the window. Its key, where it is there. */
  reveal(message: HistoryAnchor): Promise<number | undefined> {
    return this.#inTurn(async () => {
      const near = this.#newest.find(message);
      if (near !== undefined) this.#away = undefined;
      const known = near ?? this.#away?.find(message);
      return known?.key ?? (await this.#goTo({ kind: 'from', message }));
    });
  }

  /** Brings the first message that is not older than `at` into the window. Its key, where there is one. */
  since(at: number): Promise<number | undefined> {
    return this.#inTurn(() => this.#goTo({ kind: 'since', at }));
  }

  async #goTo(historyRange: HistoryRange): Promise<number | undefined> {
    const key = this.#newest.nextKey;
    const records = await this.#read(historyRange);
    const [first] = records;
    if (first === undefined) return undefined;
    const near = this.#newest.find(first);
    if (near !== undefined) {
      this.#away = undefined;
      return near.key;
    }
    const before = await this.#read({ kind: 'before', message: first });
    const away = new ItemList({ isNewest: false, nextKey: this.#lowKey - keyGap });
    for (const record of before) away.push(this.#ports.entryOf(record));
    this.#away = away;
    this.#append(away, records, key);
    return this.entries.find(first)?.key;
  }

  /**
   * Puts `records` behind a range; where they meet the newest messages, or there are none, it is joined to them. `key`:
   * the next of the newest when they were read.
   */
  #append(log: ItemList, records: readonly PlacedRecord[], key: number): void {
    const met = this.#newest.meets(records);
    for (const record of records.slice(0, met?.index)) log.push(this.#ports.entryOf(record));
    if (met !== undefined || records.length === 0) {
      // What stands here without a number, or stood elsewhere, was read again.
      this.#newest.keep((entry) => !isFiled(entry), met?.key ?? key);
      this.#newest.join(log);
      this.#away = undefined;
    } else {
      const over = log.length - this.#sizes.away;
      if (over > 0) log.dropFirst(log.anchorFrom(over) ?? 0);
    }
  }

  /** Lets go of the last ones that are too many, so that the history can be read on behind what stays. */
  #dropLast(log: ItemList): void {
    let over = log.length - this.#sizes.away;
    if (over <= 0) return;
    while (over < log.length && log.anchorFrom(log.length - over - 1) !== log.length - over - 1) {
      over += 1;
    }
    log.dropLast(over);
  }

  /** Parts a long log into a range further up, where the person is, and the newest messages. */
  #part(): void {
    const { newest, rest } = this.#sizes;
    if (this.#newest.length <= newest) return;
    const index = this.#newest.anchorFrom(this.#newest.length - rest);
    if (index === undefined || this.#newest.anchorFrom(index - 1) !== index - 1) return;
    this.#away = this.#newest.splitAt(index);
    this.#dropLast(this.#away);
  }

  #anchor(log: ItemList, from: number): TimelineItem | undefined {
    const index = log.anchorFrom(from);
    return index === undefined ? undefined : log.at(index);
  }

  get #lowKey(): number {
    return Math.min(this.#newest.lowKey, this.#away?.lowKey ?? Infinity);
  }

  #read(historyRange: HistoryRange): Promise<readonly PlacedRecord[]> {
    return this.#ports.read(historyRange, this.#sizes.page);
  }

  /** One after another: each begins with what the one before it has left. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

// Which part of a stored conversation is in memory: always its newest messages; and, if the person looks further
// back, one range away from them. Loads more at both ends of that, joins it to the newest ones when it reaches them,
// and releases what is far from the view, so memory is bounded however far they scroll.
//
// Invariant: the entries shown are consecutive messages of the history, none missing, none twice.

import type { HistoryAnchor, PlacedRecord, HistoryRange } from '../store/store-port.ts';
import { ItemList, isFiled, type ItemMaker } from './item-list.ts';
import type { TimelineItem } from './model.ts';

export interface HistoryWindowPorts {
  /** The messages of a range. Empty if there are none. */
  readonly read: (historyRange: HistoryRange, limit: number) => Promise<readonly PlacedRecord[]>;
  readonly entryOf: (record: PlacedRecord) => ItemMaker;
}

export interface WindowSizes {
  /** How many messages are read at once. */
  readonly page: number;
  /** If the newest messages are more than this, and the person goes further up, the upper part becomes a range. */
  readonly newest: number;
  /** This many of the newest stay then. */
  readonly rest: number;
  /** The longest range. Beyond that, the part furthest from the reading end is dropped. */
  readonly away: number;
}

const defaultSizes: WindowSizes = { page: 200, newest: 5_000, rest: 1_000, away: 10_000 };

/** The gap between the keys of a range and those of the newest messages: more than anybody pages through. */
const keyGap = 2 ** 32;

export class HistoryWindow {
  readonly #newest: ItemList;
  readonly #ports: HistoryWindowPorts;
  readonly #sizes: WindowSizes;
  #away: ItemList | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** `newest`: the list of the newest messages, to which others add. */
  constructor(newest: ItemList, ports: HistoryWindowPorts, sizes: WindowSizes = defaultSizes) {
    this.#newest = newest;
    this.#ports = ports;
    this.#sizes = sizes;
  }

  /** The shown items. */
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

  /** The item of the message with that number. */
  findNumber(seq: number): TimelineItem | undefined {
    return this.#newest.findNumber(seq) ?? this.#away?.findNumber(seq);
  }

  /** Replaces the item with the same key, if it is still there. */
  replace(entry: TimelineItem): void {
    this.#newest.replace(entry);
    this.#away?.replace(entry);
  }

  /** The history has no mark with that number any more. */
  removeMark(seq: number): void {
    this.#keep((entry) => entry.kind !== 'unreadable' || entry.seq !== seq);
  }

  /** The history has these messages no more. */
  remove(messages: readonly PlacedRecord[]): void {
    const seqs = new Set(messages.map(({ seq }) => seq ?? -1));
    const rows = new Set(messages.map(({ rowId }) => rowId));
    this.#keep(
      ({ kind, seq = -2, rowId = -1 }) => kind !== 'message' || !(seqs.has(seq) || rows.has(rowId)),
    );
  }

  #keep(stays: (entry: TimelineItem) => boolean): void {
    for (const list of [this.#newest, this.#away]) list?.keep(stays, Infinity);
    // A range is read on after its last position: what stood behind the mark would come a second time.
    this.#away?.dropUnplaced();
    if (this.#away?.length === 0) this.#away = undefined;
  }

  /** Back to the newest messages. */
  toNewest(): void {
    this.#away = undefined;
  }

  /** Reads the last page, before what came since. */
  async load(): Promise<readonly PlacedRecord[]> {
    return this.#inTurn(async () => {
      const records = await this.#read({ kind: 'last' });
      this.#newest.unshift(records.map(this.#ports.entryOf));
      return records;
    });
  }

  /** Reads what is before the first item. False if there was nothing. */
  earlier(): Promise<boolean> {
    return this.#inTurn(async () => {
      const log = this.entries;
      const first = this.#anchor(log, 0);
      if (first === undefined) return false;
      const records = await this.#read({ kind: 'before', message: first });
      // Meanwhile the person may have gone elsewhere, or the oldest may have been dropped.
      if (this.entries !== log || this.#anchor(log, 0) !== first) return true;
      // Items before it without a position were read again.
      if (records.length > 0) log.keep((entry) => !isFiled(entry), first.key);
      log.unshift(records.map(this.#ports.entryOf));
      if (log === this.#newest) this.#part();
      else this.#dropLast(log);
      return records.length > 0;
    });
  }

  /** Reads what is after the last item, unless that is the newest. */
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

  /** Moves the window to a message. Returns its key, if it exists. */
  reveal(message: HistoryAnchor): Promise<number | undefined> {
    return this.#inTurn(async () => {
      const near = this.#newest.find(message);
      if (near !== undefined) this.#away = undefined;
      const known = near ?? this.#away?.find(message);
      return known?.key ?? (await this.#goTo({ kind: 'from', message }));
    });
  }

  /** Moves the window to the first message that is not older than `at`. Returns its key, if there is one. */
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
   * Appends `records` to a range. If they reach the newest messages, or there are none, the range is joined to those.
   * `key`: the next key of the newest when they were read.
   */
  #append(log: ItemList, records: readonly PlacedRecord[], key: number): void {
    const met = this.#newest.meets(records);
    for (const record of records.slice(0, met?.index)) log.push(this.#ports.entryOf(record));
    if (met !== undefined || records.length === 0) {
      // Items without a number, or moved ones, were read again.
      this.#newest.keep((entry) => !isFiled(entry), met?.key ?? key);
      this.#newest.join(log);
      this.#away = undefined;
    } else {
      const over = log.length - this.#sizes.away;
      if (over > 0) log.dropFirst(log.anchorFrom(over) ?? 0);
    }
  }

  /** Drops the last ones beyond the maximum, so that reading can continue after the rest. */
  #dropLast(log: ItemList): void {
    let over = log.length - this.#sizes.away;
    if (over <= 0) return;
    while (over < log.length && log.anchorFrom(log.length - over - 1) !== log.length - over - 1) {
      over += 1;
    }
    log.dropLast(over);
  }

  /** Splits a long list into a range further up, where the person is, and the newest messages. */
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

  /** One after another: each begins where the one before it ended. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

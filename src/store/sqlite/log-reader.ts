// Reads a part of a log and reports which of it is damaged: altered bytes, unreadable pages, missing segments. A
// damaged segment is in the answer without bytes. The rest is as it was written. It handles only disk errors that are
// permanent.

import type { LogId } from '../../hub/records.ts';
import type { LogRange, Segment } from '../../hub/store-port.ts';
import { isForOtherTables, problemOf, type Database } from '../../sqlite/engine.ts';
import { SqliteProblem } from '../../sqlite/problem.ts';
import { Row } from '../../sqlite/rows.ts';
import { checksumOf, isLines } from './seal.ts';

/** A segment with all fields of its row. */
export interface KeptSegment extends Segment {
  readonly prior: number;
}

/** One read skips at most this many damaged places. It searches the end of each place in steps that double. */
const maxDetours = 32;

/** A segment that begins this far before a number does not reach it. */
const longestSegment = 10_000;

type Direction = LogRange['from'];

const columns = 'log, first, count, said_at, prior, total, checksum, bytes';

export class LogReader {
  readonly #startOf;
  readonly #bounds;
  readonly #tail;
  readonly #rows;
  readonly #next;

  constructor(database: Database) {
    const select = `SELECT ${columns} FROM segments WHERE log = ? AND first >= ? AND first < ? ORDER BY first`;
    this.#startOf = database.prepare(
      'SELECT coalesce(max(first), 0) AS first FROM segments WHERE log = ? AND first <= ?',
    );
    this.#bounds = database.prepare('SELECT first FROM logs WHERE log = ?');
    this.#tail = database.prepare(
      'SELECT first + count - 1 AS last FROM segments WHERE log = ? AND first < ? ORDER BY first DESC LIMIT 1',
    );
    this.#rows = { start: database.prepare(select), end: database.prepare(`${select} DESC`) };
    this.#next = {
      start: database.prepare(`${select} LIMIT 1`),
      end: database.prepare(`${select} DESC LIMIT 1`),
    };
  }

  /** As Store.read. If other connections write, the caller must read in one state of the database. */
  read({ log, after, before, from, maxMessages, maxBytes }: LogRange): Segment[] {
    const known = this.#bounds.get(log);
    if (known === undefined || maxMessages <= 0 || maxBytes <= 0) return [];
    const low = Math.max(after, new Row('logs', known).integer('first') - 1);
    const taken: KeptSegment[] = [];
    const places = new Places(from, low, before);
    let [messages, size] = [0, 0];
    for (const found of this.#walk(log, this.#start(log, after + 1), before, from)) {
      if (found === 'damaged') places.damaged();
      else {
        const end = found.first + found.count - 1;
        if (end <= after && from === 'start') continue;
        places.found(found);
        if (end <= after) break;
        taken.push(found);
        messages += Math.min(end, before - 1) - Math.max(found.first, after + 1) + 1;
        size += found.bytes.byteLength;
        if (messages >= maxMessages || size >= maxBytes) return merged(log, taken, places.list);
      }
    }
    places.finish(this.#tailOf(log, before));
    return merged(log, taken, places.list);
  }

  /** The segment of a row, or undefined if it is not as it was written. */
  static decode(values: unknown): KeptSegment | undefined {
    try {
      const row = new Row('segments', values);
      const segment = {
        log: row.integer('log') as LogId,
        first: row.integer('first'),
        count: row.integer('count'),
        at: row.integer('said_at'),
        bytes: row.bytes('bytes'),
        prior: row.integer('prior'),
      };
      const checksum = row.optionalInteger('checksum');
      const isWhole =
        checksum === undefined
          ? isLines(segment.bytes, segment.count)
          : checksum === checksumOf({ ...segment, total: row.integer('total') });
      return isWhole ? segment : undefined;
    } catch (error) {
      if (error instanceof SqliteProblem) return undefined;
      throw error;
    }
  }

  /** The last number of the last segment that begins before `before`. */
  #tailOf(log: LogId, before: number): number {
    try {
      const row = this.#tail.get(log, before);
      return row === undefined ? 0 : new Row('segments', row).integer('last');
    } catch (error) {
      if (!isDamage(error)) throw error;
      return 0;
    }
  }

  /** The segment with this number, if there is one, begins here or later. */
  #start(log: LogId, number: number): number {
    try {
      return new Row('segments', this.#startOf.get(log, number)).integer('first');
    } catch (error) {
      if (!isDamage(error)) throw error;
      return Math.max(0, number - longestSegment);
    }
  }

  /**
   * Segments in [`low`, `high`), in the order of `from`, with `damaged` between those that have damage between them.
   */
  *#walk(
    log: LogId,
    low: number,
    high: number,
    from: Direction,
  ): Generator<KeptSegment | 'damaged'> {
    let [least, most] = [low, high];
    for (let detours = 0; ; detours++) {
      try {
        for (const values of this.#rows[from].iterate(log, least, most)) {
          const first = (values as { readonly first?: unknown }).first;
          if (typeof first === 'number' && from === 'start') least = first + 1;
          if (typeof first === 'number' && from === 'end') most = first;
          yield LogReader.decode(values) ?? 'damaged';
        }
        return;
      } catch (error) {
        if (!isDamage(error) || detours === maxDetours) throw error;
      }
      yield 'damaged';
      const behind = this.#behind(log, least, most, from);
      if (behind === undefined) return;
      if (from === 'start') least = behind;
      else most = behind;
    }
  }

  /** From where on rows can be read again, in the order of `from`. Undefined if nowhere. */
  #behind(log: LogId, low: number, high: number, from: Direction): number | undefined {
    const [near, far] = from === 'start' ? [low, high] : [high, low];
    const sign = from === 'start' ? 1 : -1;
    const isReadable = (at: number) => {
      try {
        return (
          this.#next[from].get(
            log,
            ...(sign === 1 ? ([at, high] as const) : ([low, at] as const)),
          ) ?? 'end'
        );
      } catch (error) {
        if (!isDamage(error)) throw error;
        return undefined;
      }
    };
    let bad = near;
    for (let step = 1; ; step *= 2) {
      const at = near + sign * step;
      if (sign * (far - at) <= 0) return undefined;
      const found = isReadable(at);
      if (found === undefined) bad = at;
      else return this.#nearest(bad, at, isReadable);
    }
  }

  #nearest(bad: number, good: number, isReadable: (at: number) => unknown): number {
    let [unreadable, readable] = [bad, good];
    while (Math.abs(readable - unreadable) > 1) {
      const middle = Math.trunc((readable + unreadable) / 2);
      if (isReadable(middle) === undefined) unreadable = middle;
      else readable = middle;
    }
    return readable;
  }
}

/** The places between the found segments where something is damaged. */
class Places {
  readonly list: { readonly first: number; readonly last: number }[] = [];
  readonly #from: Direction;
  readonly #low: number;
  readonly #before: number;
  /** The segment before, in reading order. */
  #previous: KeptSegment | undefined;
  #isDamaged = false;

  constructor(from: Direction, low: number, before: number) {
    this.#from = from;
    this.#low = low;
    this.#before = before;
  }

  damaged(): void {
    this.#isDamaged = true;
  }

  found(segment: KeptSegment): void {
    const [lower, upper] =
      this.#from === 'start' ? [this.#previous, segment] : [segment, this.#previous];
    const first = lower === undefined ? this.#low + 1 : lower.first + lower.count;
    if (upper !== undefined) this.#note(first, upper.prior);
    else if (this.#isDamaged) this.#note(first, this.#before - 1);
    this.#previous = segment;
    this.#isDamaged = false;
  }

  /** The range has no more segments. The last segment that begins in it should end with `tail`. */
  finish(tail: number): void {
    const previous = this.#previous;
    if (this.#from === 'end') {
      this.#note(this.#low + 1, previous?.prior ?? (this.#isDamaged ? this.#before - 1 : 0));
      return;
    }
    const first = previous === undefined ? this.#low + 1 : previous.first + previous.count;
    this.#note(first, this.#isDamaged ? this.#before - 1 : tail);
  }

  #note(first: number, last: number): void {
    const place = { first: Math.max(first, this.#low + 1), last: Math.min(last, this.#before - 1) };
    if (place.first <= place.last) this.list.push(place);
  }
}

/** Segments and damaged places, in ascending order. */
function merged(log: LogId, segments: readonly KeptSegment[], places: Places['list']): Segment[] {
  const whole = segments.map(({ first, count, at, bytes }) => ({ log, first, count, at, bytes }));
  if (places.length === 0)
    return segments[0] !== undefined && (segments.at(-1)?.first ?? 0) < segments[0].first
      ? whole.reverse()
      : whole;
  const damaged = places.map(({ first, last }) => {
    return {
      log,
      first,
      count: last - first + 1,
      at: 0,
      bytes: new Uint8Array(0),
      isDamaged: true,
    };
  });
  return [...whole, ...damaged].sort((one, other) => one.first - other.first);
}

export function isDamage(error: unknown): boolean {
  if (problemOf(error) === 'damaged' || isForOtherTables(error)) return true;
  // An error from another thread has its fields but not its class.
  return error instanceof Error && 'code' in error && error.code === 'damaged';
}

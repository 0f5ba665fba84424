// The content of the logs: appends, and deletes what is too old, a bounded part at a time.

import type { LogId } from '../../hub/records.ts';
import type { Retention, Segment, Trimmed } from '../../hub/store-port.ts';
import type { Database } from '../../sqlite/engine.ts';
import { Row } from '../../sqlite/rows.ts';
import { withoutMessage } from '../erased-segment.ts';
import { retentionOf } from '../retention.ts';
import { lastOfLog } from './last-of-log.ts';
import { LogReader } from './log-reader.ts';
import { SealedRows } from './tables/sealed-rows.ts';
import { checksumOf, isLines } from './seal.ts';

/**
 * The maximum that one call of trim deletes and reads, for which commits wait: about 10 ms of work, or 50 ms where
 * segments have 20 KB, because what is deleted is overwritten.
 */
const trimLimits = { segments: 250, logs: 1_000 };

/** One call seals at most this many segments of an older helo. */
const sealLimit = 200;

/** The ends of this many logs are remembered. Beyond that all are forgotten, and looked up again. */
const maxTails = 20_000;

interface Tail {
  readonly last: number;
  readonly total: number;
}

export class SegmentTable {
  readonly #append;
  readonly #tail;
  readonly #holding;
  readonly #rewrite;
  readonly #unsealed;
  readonly #seal;
  readonly #logs;
  readonly #oldest;
  readonly #rows: SealedRows;
  readonly #deleteUpTo;
  readonly #removedLog;
  readonly #deleteRemoved;
  readonly #forgetRemoved;
  /** The ends of the logs that were written to lately. */
  readonly #tails = new Map<LogId, Tail>();
  /** The next call of trim continues after this log. */
  #trimmedTo = 0;

  constructor(database: Database) {
    const prepare = (sql: string) => database.prepare(sql);
    // Messages for a log that was just removed are left out.
    this.#append = prepare(
      `INSERT INTO segments (log, first, count, said_at, bytes, prior, total, checksum)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE EXISTS (SELECT 1 FROM logs WHERE log = ?1)`,
    );
    this.#tail = prepare(
      'SELECT first + count - 1 AS last, total FROM segments WHERE log = ? ORDER BY first DESC LIMIT 1',
    );
    this.#holding = prepare(
      `SELECT rowid, log, first, count, said_at, prior, total, checksum, bytes FROM segments
       WHERE log = ? AND first <= ? ORDER BY first DESC LIMIT 1`,
    );
    this.#rewrite = prepare('UPDATE segments SET bytes = ?, checksum = ? WHERE rowid = ?');
    this.#unsealed = prepare(
      `SELECT rowid, log, first, count, said_at, prior, total, bytes FROM segments
       WHERE checksum IS NULL LIMIT ?`,
    );
    this.#seal = prepare('UPDATE segments SET checksum = ? WHERE rowid = ?');
    this.#logs = prepare(
      `SELECT log, name, ${lastOfLog} AS last FROM logs WHERE log > ? ORDER BY log LIMIT ?`,
    );
    this.#oldest = prepare(
      `SELECT first, count, said_at, total, length(bytes) AS size FROM segments
       WHERE log = ? ORDER BY first LIMIT ?`,
    );
    this.#rows = new SealedRows(database);
    this.#deleteUpTo = prepare('DELETE FROM segments WHERE log = ? AND first <= ?');
    this.#removedLog = prepare('SELECT log FROM removed_logs LIMIT 1');
    this.#deleteRemoved = prepare(
      // The disk may have changed the number to that of an existing log.
      `DELETE FROM segments WHERE rowid IN (SELECT rowid FROM segments
         WHERE log = ?1 AND NOT EXISTS (SELECT 1 FROM logs WHERE log = ?1) LIMIT ?2)`,
    );
    this.#forgetRemoved = prepare('DELETE FROM removed_logs WHERE log = ?');
  }

  append({ log, first, count, at, bytes }: Segment): void {
    const tail = this.#tailOf(log);
    const prior = tail.last;
    const total = tail.total + bytes.byteLength;
    const checksum = checksumOf({ log, first, count, at, prior, total, bytes });
    const { changes } = this.#append.run(log, first, count, at, bytes, prior, total, checksum);
    if (Number(changes) > 0) this.#tails.set(log, { last: first + count - 1, total });
  }

  /**
   * Takes what was said out of a line, inside the caller's transaction. What is damaged stays as it is. The size of the
   * log is still counted with it, until the segment goes.
   */
  erase(log: LogId, seq: number, isExpired = false): void {
    const values = this.#holding.get(log, seq);
    const segment = values === undefined ? undefined : LogReader.decode(values);
    const bytes = segment && withoutMessage(segment, seq, isExpired);
    if (segment === undefined || bytes === undefined) return;
    const row = new Row('segments', values);
    const checksum = checksumOf({ ...segment, total: row.integer('total'), bytes });
    this.#rewrite.run(bytes, checksum, row.integer('rowid'));
  }

  /** A transaction was rolled back: what it appended does not exist. */
  forgetTails(): void {
    this.#tails.clear();
  }

  #tailOf(log: LogId): Tail {
    const known = this.#tails.get(log);
    if (known !== undefined) return known;
    if (this.#tails.size >= maxTails) this.#tails.clear();
    const found = this.#tail.get(log);
    if (found === undefined) return { last: 0, total: 0 };
    const row = new Row('segments', found);
    return { last: row.integer('last'), total: row.integer('total') };
  }

  /** Seals some of the segments that an older helo wrote, inside the caller's transaction. */
  sealSome(): void {
    for (const values of this.#unsealed.all(sealLimit)) {
      const row = new Row('segments', values);
      const count = row.integer('count');
      const bytes = row.bytes('bytes');
      const [log, first, at] = [row.integer('log'), row.integer('first'), row.integer('said_at')];
      const [prior, total] = [row.integer('prior'), row.integer('total')];
      // One that is already damaged gets a checksum that never fits.
      const checksum = checksumOf({ log, first, count, at, prior, total, bytes });
      this.#seal.run(isLines(bytes, count) ? checksum : -1, row.integer('rowid'));
    }
  }

  /** As Store.trim, inside the caller's transaction. */
  trim(retention: Retention, now: number): { trimmed: Trimmed[]; more: boolean } {
    let room = trimLimits.segments - this.#trimRemoved(trimLimits.segments);
    const trimmed: Trimmed[] = [];
    const rows = this.#logs.all(this.#trimmedTo, trimLimits.logs);
    for (const values of rows) {
      if (room <= 0) return { trimmed, more: true };
      const row = new Row('logs', values);
      const log = row.integer('log') as LogId;
      const last = row.integer('last');
      const { maxAgeMs, maxCount, maxBytes } = retentionOf(row.text('name'), retention);
      const taken = this.#trimLog(
        log,
        last,
        maxAgeMs === undefined ? -Infinity : now - maxAgeMs,
        maxCount === undefined ? -Infinity : last - maxCount,
        maxBytes === undefined ? -Infinity : this.#tailOf(log).total - maxBytes,
        room,
      );
      room -= taken.segments;
      const { first, messages } = taken;
      if (taken.segments > 0) trimmed.push({ log, first, messages });
      // This log may have more to delete.
      if (room > 0) this.#trimmedTo = log;
    }
    const more = room <= 0 || rows.length === trimLimits.logs;
    if (!more) this.#trimmedTo = 0;
    return { trimmed, more };
  }

  /**
   * Deletes segments from the beginning of a log that were stored before `since`, or end at or before `upTo`, or begin
   * before `from`, in bytes of the log.
   */
  #trimLog(
    log: LogId,
    last: number,
    since: number,
    upTo: number,
    from: number,
    room: number,
  ): { readonly segments: number; readonly messages: number; readonly first: number } {
    let segments = 0;
    let messages = 0;
    let lastTaken = 0;
    let first = last + 1;
    // One at a time: most logs have nothing to delete.
    for (const values of this.#oldest.iterate(log, room + 1)) {
      const row = new Row('segments', values);
      const begin = row.integer('first');
      const count = row.integer('count');
      const end = begin + count - 1;
      const isTooMuch = end < last && row.integer('total') - row.integer('size') < from;
      const isKept = row.integer('said_at') >= since && end > upTo && !isTooMuch;
      if (isKept || segments === room) {
        first = begin;
        break;
      }
      lastTaken = begin;
      segments++;
      messages += count;
    }
    if (segments > 0) {
      this.#rows.raiseLog(log, first, last);
      this.#deleteUpTo.run(log, lastTaken);
    }
    return { segments, messages, first };
  }

  #trimRemoved(room: number): number {
    const removed = this.#removedLog.get();
    if (removed === undefined) return 0;
    const log = new Row('removed_logs', removed).integer('log');
    const taken = Number(this.#deleteRemoved.run(log, room).changes);
    if (taken < room) this.#forgetRemoved.run(log);
    // The next call looks for the next one.
    return Math.max(taken, 1);
  }
}

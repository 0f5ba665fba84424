// The logs' content: appends, reads by range, and takes out what is too old, a bounded part at a time.

import type { LogId } from '../../hub/records.ts';
import type { LogRange, Retention, Segment, Trimmed } from '../../hub/store-port.ts';
import type { Database } from '../../sqlite/engine.ts';
import { Row } from '../../sqlite/rows.ts';
import { retentionOf } from '../retention.ts';
import { lastOfLog } from './load.ts';

/** What one call of trim takes out and looks at, at most: about 20 ms of work, which commits wait for. */
const trimLimits = { segments: 1_000, logs: 1_000 };

export class SegmentTable {
  readonly #append;
  readonly #startOf;
  readonly #forwards;
  readonly #backwards;
  readonly #logs;
  readonly #oldest;
  readonly #keepLast;
  readonly #deleteUpTo;
  readonly #removedLog;
  readonly #deleteRemoved;
  readonly #forgetRemoved;
  /** Trimming goes on behind this log with the next call. */
  #trimmedTo = 0;

  constructor(database: Database) {
    const prepare = (sql: string) => database.prepare(sql);
    const columns = 'first, count, said_at, bytes';
    // What is said of a log that has just been removed is left out.
    this.#append = prepare(
      'INSERT INTO segments SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM logs WHERE log = ?1)',
    );
    this.#startOf = prepare(
      `SELECT coalesce((SELECT max(first) FROM segments WHERE log = ?1 AND first <= ?2), 0) AS first
       FROM logs WHERE log = ?1`,
    );
    this.#forwards = prepare(
      `SELECT ${columns} FROM segments WHERE log = ? AND first >= ? AND first < ? ORDER BY first`,
    );
    this.#backwards = prepare(
      `SELECT ${columns} FROM segments WHERE log = ? AND first >= ? AND first < ? ORDER BY first DESC`,
    );
    this.#logs = prepare(
      `SELECT log, name, ${lastOfLog} AS last FROM logs WHERE log > ? ORDER BY log LIMIT ?`,
    );
    this.#oldest = prepare(
      'SELECT first, count, said_at FROM segments WHERE log = ? ORDER BY first LIMIT ?',
    );
    this.#keepLast = prepare('UPDATE logs SET last = ?, first = max(first, ?) WHERE log = ?');
    this.#deleteUpTo = prepare('DELETE FROM segments WHERE log = ? AND first <= ?');
    this.#removedLog = prepare('SELECT log FROM removed_logs LIMIT 1');
    this.#deleteRemoved = prepare(
      'DELETE FROM segments WHERE rowid IN (SELECT rowid FROM segments WHERE log = ? LIMIT ?)',
    );
    this.#forgetRemoved = prepare('DELETE FROM removed_logs WHERE log = ?');
  }

  append({ log, first, count, at, bytes }: Segment): void {
    this.#append.run(log, first, count, at, bytes);
  }

  /** As Store.read. */
  read({ log, after, before, from, maxMessages, maxBytes }: LogRange): Segment[] {
    // The segment in which the range begins may begin before it.
    const start = this.#startOf.get(log, after + 1);
    if (start === undefined) return [];
    const rows = from === 'start' ? this.#forwards : this.#backwards;
    const found: Segment[] = [];
    let [messages, size] = [0, 0];
    if (maxMessages <= 0 || maxBytes <= 0) return found;
    for (const values of rows.iterate(log, new Row('logs', start).integer('first'), before)) {
      const segment = segmentOf(log, new Row('segments', values));
      const end = segment.first + segment.count - 1;
      if (end <= after) continue;
      found.push(segment);
      messages += Math.min(end, before - 1) - Math.max(segment.first, after + 1) + 1;
      size += segment.bytes.byteLength;
      if (messages >= maxMessages || size >= maxBytes) break;
    }
    return from === 'start' ? found : found.reverse();
  }

  /** As Store.trim, inside a transaction of somebody else. */
  trim(retention: Retention, now: number): { trimmed: Trimmed[]; more: boolean } {
    let room = trimLimits.segments - this.#trimRemoved(trimLimits.segments);
    const trimmed: Trimmed[] = [];
    const rows = this.#logs.all(this.#trimmedTo, trimLimits.logs);
    for (const values of rows) {
      if (room <= 0) return { trimmed, more: true };
      const row = new Row('logs', values);
      const log = row.integer('log') as LogId;
      const last = row.integer('last');
      const { maxAgeMs, maxCount } = retentionOf(row.text('name'), retention);
      const taken = this.#trimLog(
        log,
        last,
        maxAgeMs === undefined ? -Infinity : now - maxAgeMs,
        maxCount === undefined ? -Infinity : last - maxCount,
        room,
      );
      room -= taken.segments;
      const { first, messages } = taken;
      if (taken.segments > 0) trimmed.push({ log, first, messages });
      // There may be more of this one.
      if (room > 0) this.#trimmedTo = log;
    }
    const more = room <= 0 || rows.length === trimLimits.logs;
    if (!more) this.#trimmedTo = 0;
    return { trimmed, more };
  }

  /** Takes out segments from the beginning of a log that were kept before `since` or end at or before `upTo`. */
  #trimLog(
    log: LogId,
    last: number,
    since: number,
    upTo: number,
    room: number,
  ): { readonly segments: number; readonly messages: number; readonly first: number } {
    let segments = 0;
    let messages = 0;
    let lastTaken = 0;
    let first = last + 1;
    // One at a time: most logs have nothing to take out.
    for (const values of this.#oldest.iterate(log, room + 1)) {
      const row = new Row('segments', values);
      const begin = row.integer('first');
      const count = row.integer('count');
      const end = begin + count - 1;
      if ((row.integer('said_at') >= since && end > upTo) || segments === room) {
        first = begin;
        break;
      }
      lastTaken = begin;
      segments++;
      messages += count;
    }
    if (segments > 0) {
      this.#keepLast.run(last, first, log);
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
    // Looking for the next one is left to the next call.
    return Math.max(taken, 1);
  }
}

function segmentOf(log: LogId, row: Row): Segment {
  return {
    log,
    first: row.integer('first'),
    count: row.integer('count'),
    at: row.integer('said_at'),
    bytes: row.bytes('bytes'),
  };
}

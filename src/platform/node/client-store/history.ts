// The history in the file: messages of each conversation in the order in which they are shown.

import type {
  Beside,
  HistoryQuery,
  HistoryRecord,
  PlacedRecord,
  Stretch,
} from '../../../client/store-port.ts';
import type { Database, SqlValue } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import { messageColumns, messageOf, placedOf } from './decode.ts';

/** Behind everything that has a number. */
const atTheEnd = Number.MAX_SAFE_INTEGER;

export class HistoryTable {
  readonly #logOf;
  readonly #lastOf;
  readonly #idOf;
  readonly #removeOwn;
  readonly #removeNumber;
  readonly #put;
  readonly #remove;
  readonly #delivered;
  readonly #page;
  readonly #pageBefore;
  readonly #own;
  readonly #search;
  readonly #spot;
  readonly #before;
  readonly #from;
  readonly #after;
  readonly #timeOf;

  constructor(database: Database) {
    const prepare = (sql: string) => database.prepare(sql);
    const backwards = 'ORDER BY log DESC, place DESC, (seq IS NULL) DESC, id DESC LIMIT ?';
    const page = `SELECT ${messageColumns} FROM messages WHERE conversation = ?`;
    this.#logOf = prepare('SELECT log FROM conversations WHERE name = ?');
    this.#lastOf = prepare(
      'SELECT coalesce(max(seq), 0) AS last FROM messages WHERE conversation = ? AND log = ? AND seq IS NOT NULL',
    );
    this.#idOf = prepare('SELECT id FROM messages WHERE local_id = ?');
    this.#removeOwn = prepare('DELETE FROM messages WHERE local_id = ?');
    this.#removeNumber = prepare(
      'DELETE FROM messages WHERE conversation = ? AND log = ? AND seq = ?',
    );
    this.#put = prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#remove = prepare('DELETE FROM messages WHERE conversation = ?');
    this.#delivered = prepare(
      `UPDATE messages SET state = 'delivered'
       WHERE conversation = ? AND log = ? AND seq <= ? AND local_id IS NOT NULL AND state = 'stored'`,
    );
    this.#page = prepare(`${page} ${backwards}`);
    this.#pageBefore = prepare(`${page} AND (log, place) < (?, ?) ${backwards}`);
    this.#search = prepare(
      `SELECT ${messageColumns} FROM message_index JOIN messages ON messages.id = message_index.rowid
       WHERE message_index MATCH ? ORDER BY message_index.rowid DESC LIMIT ?`,
    );
    // The order of the index messages_in_order, in both directions.
    const order = '(log, place, seq IS NULL, id)';
    this.#spot = prepare(
      'SELECT log, place, seq IS NULL AS rank, id FROM messages WHERE id = ? AND conversation = ?',
    );
    this.#before = prepare(`${page} AND ${order} < (?, ?, ?, ?) ${backwards}`);
    const forwards = 'ORDER BY log, place, seq IS NULL, id LIMIT ?';
    this.#from = prepare(`${page} AND ${order} >= (?, ?, ?, ?) ${forwards}`);
    this.#after = prepare(`${page} AND ${order} > (?, ?, ?, ?) ${forwards}`);
    this.#timeOf = prepare(
      `SELECT place, record ->> '$.at' AS at FROM messages
       WHERE conversation = ? AND log = ? AND place >= ? ORDER BY log, place, seq IS NULL, id LIMIT 1`,
    );
    this.#own = prepare(`${page} AND log = ? AND seq = ? AND local_id IS NOT NULL`);
  }

  put(message: HistoryRecord): void {
    const { conversation, localId, seq, state, ...others } = message;
    const log = this.#currentLog(conversation);
    let id: number | null = null;
    if (localId !== undefined) {
      const before = this.#idOf.get(localId);
      if (before !== undefined) id = new Row('messages', before).integer('id');
      this.#removeOwn.run(localId);
    }
    if (seq !== undefined) this.#removeNumber.run(conversation, log, seq);
    const isWaiting = seq === undefined && state === 'waiting';
    const last = () => new Row('messages', this.#lastOf.get(conversation, log)).integer('last');
    this.#put.run(
      id,
      conversation,
      isWaiting ? atTheEnd : log,
      isWaiting ? atTheEnd : (seq ?? last()),
      seq ?? null,
      localId ?? null,
      state ?? null,
      JSON.stringify(others),
    );
  }

  remove(conversation: ConversationName): void {
    this.#remove.run(conversation);
  }

  delivered(conversation: ConversationName, upTo: number): void {
    this.#delivered.run(conversation, this.#currentLog(conversation), upTo);
  }

  page(
    conversation: ConversationName,
    before: number | undefined,
    limit: number,
  ): readonly HistoryRecord[] {
    const log = this.#currentLog(conversation);
    const rows =
      before === undefined
        ? this.#page.all(conversation, limit)
        : this.#pageBefore.all(conversation, log, before, limit);
    return rows.map((values) => messageOf(values, log)).reverse();
  }

  own(conversation: ConversationName, numbers: readonly number[]): readonly HistoryRecord[] {
    const log = this.#currentLog(conversation);
    return [...new Set(numbers)]
      .sort((one, other) => one - other)
      .flatMap((number) => this.#own.all(conversation, log, number))
      .map((values) => messageOf(values, log))
      .filter(({ encrypted }) => encrypted);
  }

  stretch(conversation: ConversationName, stretch: Stretch, limit: number): PlacedRecord[] {
    const log = this.#currentLog(conversation);
    const placed = (rows: readonly unknown[]) => rows.map((values) => placedOf(values, log));
    switch (stretch.kind) {
      case 'last':
        return placed(this.#page.all(conversation, limit)).reverse();
      case 'first':
        return placed(this.#from.all(conversation, 0, 0, 0, 0, limit));
      case 'since': {
        const start = [log, this.#placeSince(conversation, log, stretch.at), 0, 0];
        return placed(this.#from.all(conversation, ...start, limit));
      }
      case 'before':
      case 'from':
      case 'after': {
        const { kind, message } = stretch;
        const place = this.#placeOf(conversation, message) ?? placeOfNumber(log, stretch);
        if (place === undefined) return [];
        if (kind === 'before')
          return placed(this.#before.all(conversation, ...place, limit)).reverse();
        const statement = kind === 'from' ? this.#from : this.#after;
        return placed(statement.all(conversation, ...place, limit));
      }
    }
  }

  search({ words, conversation, from }: HistoryQuery, limit: number): readonly PlacedRecord[] {
    // Words are letters and digits: nothing in them ends the quotes.
    const parts = words.map((word) => `words : "${word}"*`);
    if (conversation !== undefined) parts.push(`place : "${indexed(conversation)}"`);
    if (from !== undefined) parts.push(`sender : "${indexed(lowerAscii(from))}"`);
    if (parts.length === 0) return [];
    return this.#search.all(parts.map((part) => `(${part})`).join(' AND '), limit).map((values) => {
      const name = new Row('messages', values).text('conversation') as ConversationName;
      return placedOf(values, this.#currentLog(name));
    });
  }

  /** Where a message stands in the order: log, place, rank and id. */
  #placeOf(conversation: ConversationName, { spot }: Beside): readonly SqlValue[] | undefined {
    const found = spot === undefined ? undefined : this.#spot.get(spot, conversation);
    if (found === undefined) return undefined;
    const row = new Row('messages', found);
    return ['log', 'place', 'rank', 'id'].map((column) => row.integer(column));
  }

  /** The first place of a log that is not older than `at`. Times grow with the places, so it is found by halving. */
  #placeSince(conversation: ConversationName, log: number, at: number): number {
    let low = 0;
    let high = new Row('messages', this.#lastOf.get(conversation, log)).integer('last') + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = this.#timeOf.get(conversation, log, middle);
      const row = found === undefined ? undefined : new Row('messages', found);
      if (row === undefined || row.integer('at') >= at) high = middle;
      else low = row.integer('place') + 1;
    }
    return low;
  }

  #currentLog(conversation: ConversationName): number {
    const row = this.#logOf.get(conversation);
    return row === undefined ? 0 : new Row('conversations', row).integer('log');
  }
}

/** The same of a message of which only the number is known. */
function placeOfNumber(
  log: number,
  { kind, message: { seq } }: Extract<Stretch, { readonly message: Beside }>,
): readonly SqlValue[] | undefined {
  return seq === undefined ? undefined : [log, seq, 0, kind === 'after' ? atTheEnd : 0];
}

/** A name as the index has it (schema.ts). */
function indexed(name: string): string {
  return `\uf8ff${Buffer.from(name).toString('hex')}`;
}

/** As SQLite's `lower` has it. */
function lowerAscii(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

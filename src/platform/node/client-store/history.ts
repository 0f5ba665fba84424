// The history in the file: messages of each conversation in the order in which they are shown.

import type { HistoryRecord } from '../../../client/store-port.ts';
import type { Database } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import { messageColumns, messageOf } from './decode.ts';

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
      `SELECT ${messageColumns} FROM message_words JOIN messages ON messages.id = message_words.rowid
       WHERE message_words MATCH ? ORDER BY message_words.rowid DESC LIMIT ?`,
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

  search(words: readonly string[], limit: number): readonly HistoryRecord[] {
    if (words.length === 0) return [];
    // Words are letters and digits: nothing in them ends the quotes.
    const query = words.map((word) => `"${word}"*`).join(' AND ');
    return this.#search.all(query, limit).map((values) => {
      const name = new Row('messages', values).text('conversation') as ConversationName;
      return messageOf(values, this.#currentLog(name));
    });
  }

  #currentLog(conversation: ConversationName): number {
    const row = this.#logOf.get(conversation);
    return row === undefined ? 0 : new Row('conversations', row).integer('log');
  }
}

// Messages that disappear, in the file: which end when, and the ids of those that have. Runs in the caller's transaction.
import { begun, endedIdOf, maxEnded } from '../../../client/expiring/ended.ts';
import type { HistoryRecord } from '../../../client/store/store-port.ts';
import type { Database } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import { inItsLog, messageColumns } from './decode.ts';
import { recordText } from './put.ts';

export class ExpiringMessages {
  readonly #until;
  readonly #next;
  readonly #unread;
  readonly #rewrite;
  readonly #remove;
  readonly #removeSaid;
  readonly #removeReactions;
  readonly #end;
  readonly #forget;
  readonly #isEnded;
  readonly #toPurge;
  /** Whether anything has ended: nearly always nothing has, and there may be many to ask about. */
  #hasAny: boolean;

  constructor(database: Database) {
    const prepare = (sql: string) => database.prepare(sql);
    // The same expression as in the index messages_ending.
    const ends = "record ->> '$.ends'";
    this.#until = prepare(
      `SELECT ${messageColumns} FROM messages
       WHERE ${ends} IS NOT NULL AND ${ends} <= ? ORDER BY ${ends}, id`,
    );
    this.#next = prepare(`SELECT min(${ends}) AS ends FROM messages WHERE ${ends} IS NOT NULL`);
    this.#unread = prepare(
      `SELECT ${messageColumns} FROM messages WHERE ${ends} IS NOT NULL
       AND record ->> '$.begun' IS NULL AND conversation = ? AND (log, place) <= (?, ?)`,
    );
    this.#rewrite = prepare('UPDATE messages SET record = ? WHERE id = ?');
    this.#remove = prepare('DELETE FROM messages WHERE id = ?');
    const atNumber = 'WHERE conversation = ? AND log = ? AND seq = ?';
    this.#removeSaid = prepare(`DELETE FROM amendments ${atNumber}`);
    this.#removeReactions = prepare(`DELETE FROM reactions ${atNumber}`);
    this.#end = prepare('INSERT OR IGNORE INTO ended (conversation, target) VALUES (?, ?)');
    this.#forget = prepare('DELETE FROM ended WHERE id <= (SELECT max(id) FROM ended) - ?');
    this.#isEnded = prepare('SELECT 1 FROM ended WHERE conversation = ? AND target = ?');
    this.#toPurge = prepare("INSERT OR IGNORE INTO chores VALUES ('purge')");
    this.#hasAny = prepare('SELECT 1 FROM ended LIMIT 1').get() !== undefined;
  }

  /** As rows with the columns of messages. */
  until(until: number): readonly unknown[] {
    return this.#until.all(until);
  }

  get next(): number | undefined {
    return new Row('messages', this.#next.get()).optionalInteger('ends');
  }

  /** What stands up to that place of a conversation was read at `age`. */
  begin(conversation: ConversationName, log: number, seq: number, age: number): void {
    for (const values of this.#unread.all(conversation, log, seq)) {
      const id = new Row('messages', values).integer('id');
      this.#rewrite.run(recordText(begun(inItsLog(values), age)), id);
    }
  }

  expire(until: number): void {
    const over = this.#until.all(until);
    for (const values of over) {
      const message = inItsLog(values);
      const { conversation, epoch = 0, seq } = message;
      this.#remove.run(new Row('messages', values).integer('id'));
      if (seq !== undefined) {
        this.#removeSaid.run(conversation, epoch, seq);
        this.#removeReactions.run(conversation, epoch, seq);
      }
      const target = endedIdOf(message);
      if (target !== undefined) this.#end.run(conversation, target);
    }
    // Also where this write fails: then it is only asked.
    this.#hasAny = true;
    if (over.length === 0) return;
    this.#forget.run(maxEnded);
    this.#toPurge.run();
  }

  /** Whether a message was here and has ended. */
  hasEnded(message: HistoryRecord): boolean {
    const target = endedIdOf(message);
    return target !== undefined && this.isEnded(message.conversation, target);
  }

  isEnded(conversation: ConversationName, target: string): boolean {
    return this.#hasAny && this.#isEnded.get(conversation, target) !== undefined;
  }
}

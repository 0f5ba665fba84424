// What later messages said of messages, in the file: edits, deletions, reactions. Brings each together with its message,
// in whatever order they come, and keeps the index of words at the text of now. Runs in the caller's transaction.
import {
  amended,
  decodeAmendments,
  encodeAmendments,
  mergedAmendments,
  noAmendments,
  type Amendments,
} from '../../../client/amending/amendments.ts';
import { currentOf } from '../../../client/amending/current.ts';
import {
  settled,
  unsettles,
  withAmended,
  type AmendmentsById,
} from '../../../client/amending/settled.ts';
import { targetIdOf } from '../../../client/amending/target.ts';
import { textOf } from '../../../client/content.ts';
import type { ClientChange, FiledRecord } from '../../../client/store/store-port.ts';
import type { Database } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import { inItsLog, messageColumns } from './decode.ts';
import { recordText } from './put.ts';

export type AmendedChange = Extract<ClientChange, { readonly type: 'amended' }>;

/** Where a message is: its conversation, the epoch of its log, its number. */
type Where = readonly [conversation: ConversationName, log: number, seq: number];

export class AmendedMessages {
  readonly #said;
  readonly #put;
  readonly #remove;
  readonly #message;
  readonly #rewrite;
  readonly #unindex;
  readonly #index;
  readonly #toPurge;

  constructor(database: Database) {
    const prepare = (sql: string) => database.prepare(sql);
    const here = 'conversation = ? AND log = ? AND seq = ?';
    this.#said = prepare(`SELECT target, said, changes FROM amendments WHERE ${here}`);
    this.#put = prepare(
      `INSERT INTO amendments VALUES (?, ?, ?, ?, ?, 1)
       ON CONFLICT DO UPDATE SET said = excluded.said, changes = changes + 1`,
    );
    this.#remove = prepare(`DELETE FROM amendments WHERE ${here} AND target = ?`);
    this.#message = prepare(`SELECT ${messageColumns} FROM messages WHERE ${here}`);
    this.#rewrite = prepare('UPDATE messages SET record = ? WHERE id = ?');
    this.#unindex = prepare('DELETE FROM message_index WHERE rowid = ?');
    // As the trigger message_added in schema.ts.
    this.#index = prepare(
      `INSERT INTO message_index (rowid, words, place, sender)
       SELECT id, search_pieces(?), char(0xf8ff) || hex(conversation),
         char(0xf8ff) || hex(lower(record ->> '$.from'))
       FROM messages WHERE id = ?`,
    );
    this.#toPurge = prepare("INSERT OR IGNORE INTO chores VALUES ('purge')");
  }

  /** Something was said of a message of that log, which may not be here. */
  amend({ conversation, target, amendment }: AmendedChange, log: number): void {
    const where = [conversation, log, target.seq] as const;
    const before = this.#saidOf(where).get(target.id) ?? noAmendments;
    const after = amended(before, amendment);
    if (after === before) return;
    this.#put.run(...where, target.id, encodeAmendments(after));
    if (unsettles(amendment, after)) this.settle(...where);
  }

  /** What another device knows of a message that it has. */
  merge(message: FiledRecord): void {
    const { amended: said, conversation, epoch, seq } = message;
    if (said === undefined || seq === undefined) return;
    const id = targetIdOf(message);
    const known = this.#saidOf([conversation, epoch, seq]).get(id) ?? noAmendments;
    this.#put.run(conversation, epoch, seq, id, encodeAmendments(mergedAmendments(known, said)));
    this.settle(conversation, epoch, seq);
  }

  /** A message was written, or something was said of it: what is stored of both is what is left of them. */
  settle(...where: Where): void {
    const before = this.#saidOf(where);
    const values = before.size === 0 ? undefined : this.#message.get(...where);
    if (values === undefined) return;
    const record = inItsLog(values);
    const id = new Row('messages', values).integer('id');
    const { wiped, said } = settled(record, before);
    for (const target of before.keys()) if (!said.has(target)) this.#remove.run(...where, target);
    for (const [target, one] of said)
      if (one !== before.get(target)) this.#put.run(...where, target, encodeAmendments(one));
    if (wiped !== undefined) {
      this.#rewrite.run(recordText(wiped), id);
      this.#toPurge.run();
    }
    const { content } = currentOf(withAmended(wiped ?? record, said));
    if (wiped === undefined && content === record.content) return;
    this.#unindex.run(id);
    this.#index.run(textOf(content), id);
  }

  #saidOf(where: Where): AmendmentsById {
    const said = new Map<string, Amendments>();
    for (const values of this.#said.all(...where)) {
      const row = new Row('amendments', values);
      said.set(row.text('target'), row.parsed('said', decodeAmendments));
    }
    return said;
  }
}

// What later messages said of messages, in the file: edits, deletions, reactions, pins. Brings each together with its message,
// in whatever order they come, and keeps the index of words at the text of now. A reaction reads and writes those of its
// account alone. Runs in the caller's transaction.
import {
  encodeAmendments,
  encodeOwnReactions,
} from '../../../client/amending/encode-amendments.ts';
import { withAmended, type AmendmentsById } from '../../../client/amending/said-of.ts';
import {
  amended,
  besideReactions,
  decodeAmendments,
  maxPins,
  mergedAmendments,
  noAmendments,
  type Amendments,
} from '../../../client/amending/amendments.ts';
import { currentOf } from '../../../client/amending/current.ts';
import {
  ownReactionsOf,
  withOwnReaction,
  type Reaction,
} from '../../../client/amending/reactions.ts';
import { reactionOf, settled } from '../../../client/amending/settled.ts';
import { targetIdOf } from '../../../client/amending/target.ts';
import { textOf } from '../../../client/content.ts';
import type { AmendedChange, FiledRecord } from '../../../client/store/store-port.ts';
import type { Database } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import { bareColumns, inItsLog } from './decode.ts';
import { recordText } from './put.ts';

/** Where a message is: its conversation, the epoch of its log, its number. */
type Where = readonly [conversation: ConversationName, log: number, seq: number];

/** Of pins of messages that are not here, which anybody may make up, no more are looked through. */
const maxLooked = 10 * maxPins;

export class AmendedMessages {
  readonly #said;
  readonly #put;
  readonly #remove;
  readonly #message;
  readonly #rewrite;
  readonly #unindex;
  readonly #index;
  readonly #toPurge;
  readonly #hasDeletion;
  readonly #firstReaction;
  readonly #given;
  readonly #give;
  readonly #reactedIds;
  readonly #unreact;
  readonly #pinned;

  constructor(database: Database) {
    const prepare = (sql: string) => database.prepare(sql);
    const here = 'conversation = ? AND log = ? AND seq = ?';
    this.#said = prepare(`SELECT target, said, changes FROM amendments WHERE ${here}`);
    this.#put = prepare(
      `INSERT INTO amendments VALUES (?, ?, ?, ?, ?, 1)
       ON CONFLICT DO UPDATE SET said = excluded.said, changes = changes + 1`,
    );
    this.#remove = prepare(`DELETE FROM amendments WHERE ${here} AND target = ?`);
    this.#message = prepare(`SELECT ${bareColumns} FROM messages WHERE ${here}`);
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
    const deletions = `SELECT 1 FROM amendments WHERE conversation = ?1 AND log = ?2 AND seq = ?3
      AND said ->> '$.d' IS NOT NULL`;
    this.#hasDeletion = prepare(deletions);
    this.#firstReaction = prepare(
      `INSERT INTO reactions SELECT ?1, ?2, ?3, ?4, ?5, ?6, 1 WHERE NOT EXISTS (${deletions})
       ON CONFLICT DO NOTHING`,
    );
    this.#given = prepare(`SELECT given FROM reactions WHERE ${here} AND target = ? AND user = ?`);
    this.#give = prepare(
      `INSERT INTO reactions VALUES (?, ?, ?, ?, ?, ?, 1)
       ON CONFLICT DO UPDATE SET given = excluded.given, changes = changes + 1`,
    );
    this.#reactedIds = prepare(`SELECT DISTINCT target FROM reactions WHERE ${here}`);
    this.#unreact = prepare(`DELETE FROM reactions WHERE ${here} AND target = ?`);
    // The same expression as in the index amendments_pinned.
    this.#pinned = prepare(
      `SELECT log, seq FROM amendments WHERE conversation = ? AND said ->> '$.p' IS NOT NULL
       ORDER BY log DESC, seq DESC LIMIT ${maxLooked}`,
    );
  }

  /** Something was said of a message of that log, which may not be here. */
  amend({ conversation, target, amendment }: AmendedChange, log: number): void {
    const where = [conversation, log, target.seq] as const;
    const reaction = reactionOf(amendment);
    if (reaction !== undefined) {
      this.#react(where, target.id, reaction);
      return;
    }
    const before = this.#saidOf(where).get(target.id) ?? noAmendments;
    const after = amended(before, amendment);
    if (after === before) return;
    this.#put.run(...where, target.id, encodeAmendments(after));
    if (after.edits.length < before.edits.length) this.#toPurge.run();
    this.settle(...where);
  }

  /** Nearly always it is the first of its account to that message, and that is not deleted: then it is one statement. */
  #react(where: Where, id: string, reaction: Reaction): void {
    const { by } = reaction;
    const first = encodeOwnReactions([reaction]);
    if (Number(this.#firstReaction.run(...where, id, by, first).changes) > 0) return;
    const known = this.#given.get(...where, id, by);
    const before = known === undefined ? [] : givenIn(known, by);
    const after = withOwnReaction(before, reaction);
    if (after !== before) this.#give.run(...where, id, by, encodeOwnReactions(after));
    if (this.#hasDeletion.get(...where) !== undefined) this.settle(...where);
  }

  /** Logs and numbers of pinned messages, the last ones first. Some may not be here. */
  pinnedIn(conversation: ConversationName): readonly (readonly [log: number, seq: number])[] {
    return this.#pinned.all(conversation).map((values) => {
      const row = new Row('amendments', values);
      return [row.integer('log'), row.integer('seq')];
    });
  }

  /** What another device knows of a message that it has. */
  merge(message: FiledRecord): void {
    const { amended: said, conversation, epoch, seq } = message;
    if (said === undefined || seq === undefined) return;
    const where = [conversation, epoch, seq] as const;
    const id = targetIdOf(message);
    for (const reaction of said.reactions) this.#react(where, id, reaction);
    const others = besideReactions(said);
    if (others !== undefined) {
      const known = this.#saidOf(where).get(id) ?? noAmendments;
      this.#put.run(...where, id, encodeAmendments(mergedAmendments(known, others)));
    }
    this.settle(...where);
  }

  /** A message was written, or something was said of it: what is stored of both is what is left of them. */
  settle(...where: Where): void {
    const before = this.#saidOf(where);
    const reacted = this.#reactedIds.all(...where);
    if (before.size + reacted.length === 0) return;
    const values = this.#message.get(...where);
    if (values === undefined) return;
    const record = inItsLog(values);
    const id = new Row('messages', values).integer('id');
    const { wiped, said, keepsReactions } = settled(record, before);
    for (const target of before.keys()) if (!said.has(target)) this.#remove.run(...where, target);
    for (const [target, one] of said)
      if (one !== before.get(target)) this.#put.run(...where, target, encodeAmendments(one));
    for (const row of reacted) {
      const target = new Row('reactions', row).text('target');
      if (!keepsReactions(target)) this.#unreact.run(...where, target);
    }
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

function givenIn(values: unknown, by: string): readonly Reaction[] {
  const row = new Row('reactions', values);
  return row.parsed('given', (text) => ownReactionsOf(by, JSON.parse(text)));
}

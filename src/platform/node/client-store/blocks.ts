// The history in the file by blocks, for other devices of the account: which there are, what is in one, and what another
// device has had in one.
import {
  blockNumbers,
  type BlockAddress,
  type FiledRecord,
  type StoredBlock,
} from '../../../client/store/store-port.ts';
import { isSameNumbered, isSameUnnumbered, onImport } from '../../../client/store/taken-number.ts';
import type { Database } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import { atTheEnd, filedOf, inItsLog, messageColumns } from './decode.ts';
import { AmendedMessages } from './amended.ts';
import { ExpiringMessages } from './expiring.ts';
import { recordText } from './put.ts';

export class HistoryBlocks {
  readonly #blocks;
  readonly #newest;
  readonly #block;
  readonly #firstId;
  readonly #ownIs;
  readonly #textIs;
  readonly #numbered;
  readonly #unnumbered;
  readonly #nextLog;
  readonly #remove;
  readonly #put;
  readonly #amended: AmendedMessages;
  readonly #expiring: ExpiringMessages;

  constructor(database: Database) {
    this.#amended = new AmendedMessages(database);
    this.#expiring = new ExpiringMessages(database);
    const prepare = (sql: string) => database.prepare(sql);
    // What identifies the rows, what is updated in them, and how long they are: together they change with each change.
    this.#blocks = prepare(
      `SELECT log, place / ${blockNumbers} AS block,
         count(*) || '.' || max(id) || '.' || sum(id) || '.' || count(seq) || '.' || count(local_id)
           || '.' || sum(state IS 'delivered') || '.' || sum(state IS 'refused')
           || '.' || sum(length(record)) || '.' || (
             SELECT count(*) || '.' || coalesce(sum(changes), 0) FROM amendments
             WHERE amendments.conversation = messages.conversation AND amendments.log = messages.log
               AND amendments.seq >= (messages.place / ${blockNumbers}) * ${blockNumbers}
               AND amendments.seq < (messages.place / ${blockNumbers} + 1) * ${blockNumbers}
           ) || coalesce((
             SELECT '.' || count(*) || '.' || sum(changes) FROM reactions
             WHERE reactions.conversation = messages.conversation AND reactions.log = messages.log
               AND reactions.seq >= (messages.place / ${blockNumbers}) * ${blockNumbers}
               AND reactions.seq < (messages.place / ${blockNumbers} + 1) * ${blockNumbers}
             HAVING count(*) > 0
           ), '') AS stamp
       FROM messages WHERE conversation = ? AND log < ${atTheEnd} GROUP BY log, place / ${blockNumbers}`,
    );
    const inBlock = 'conversation = ? AND log = ? AND place >= ? AND place < ?';
    this.#newest = prepare(
      `SELECT record ->> '$.at' AS at FROM messages WHERE ${inBlock}
       ORDER BY log DESC, place DESC, (seq IS NULL) DESC, id DESC LIMIT 1`,
    );
    this.#block = prepare(
      `SELECT ${messageColumns}, place FROM messages WHERE ${inBlock}
       ORDER BY log, place, seq IS NULL, id`,
    );
    this.#firstId = prepare('SELECT min(1, coalesce(min(id), 1)) AS id FROM messages');
    this.#ownIs = prepare('SELECT 1 FROM messages WHERE local_id = ?');
    // The same expression as in the index messages_by_text.
    this.#textIs = prepare(
      `SELECT 1 FROM messages WHERE conversation = ? AND record ->> '$.textId' = ?
       AND record ->> '$.textId' IS NOT NULL`,
    );
    this.#numbered = prepare(
      `SELECT ${messageColumns} FROM messages WHERE conversation = ? AND log = ? AND seq = ?`,
    );
    this.#unnumbered = prepare(
      `SELECT ${messageColumns} FROM messages
       WHERE conversation = ? AND log = ? AND place = ? AND seq IS NULL`,
    );
    this.#nextLog = prepare(
      'SELECT min(log) AS log FROM messages WHERE conversation = ? AND log > ?',
    );
    this.#remove = prepare('DELETE FROM messages WHERE id = ?');
    this.#put = prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  }

  blocks(conversation: ConversationName): readonly StoredBlock[] {
    return this.#blocks.all(conversation).map((values) => {
      const row = new Row('messages', values);
      const [epoch, block] = [row.integer('log'), row.integer('block')];
      const last = this.#newest.get(...boundsOf({ conversation, epoch, block }));
      const newest = new Row('messages', last).integer('at');
      return { conversation, epoch, block, stamp: row.text('stamp'), newest };
    });
  }

  block(address: BlockAddress): readonly FiledRecord[] {
    return this.#block.all(...boundsOf(address)).map(filedOf);
  }

  /**
   * Their ids are before all others, so that searches, which give the highest id first, do not find them before what is
   * newer; and ascending, because the index of words takes only such together.
   */
  import(messages: readonly FiledRecord[]): void {
    const first = new Row('messages', this.#firstId.get()).integer('id') - messages.length;
    const [one] = messages;
    const epochs = one === undefined ? [] : this.#epochsOf(one.conversation);
    for (const [index, message] of messages.entries()) {
      if (this.#expiring.hasEnded(message)) continue;
      this.#import(message, epochs, first + index);
      this.#amended.merge(message);
    }
  }

  #epochsOf(conversation: ConversationName): readonly number[] {
    const epochs: number[] = [];
    for (let epoch = Number.MIN_SAFE_INTEGER; ;) {
      const values = this.#nextLog.get(conversation, epoch);
      const next = new Row('messages', values).optionalInteger('log');
      if (next === undefined || next === atTheEnd) return epochs;
      epochs.push(next);
      epoch = next;
    }
  }

  #import(message: FiledRecord, epochs: readonly number[], id: number): void {
    const { conversation, localId, textId, epoch, place, state, seq: wanted } = message;
    for (const text of [localId, textId]) {
      if (text === undefined) continue;
      if (this.#ownIs.get(text) ?? this.#textIs.get(conversation, text)) return;
    }
    if (epochs.some((one) => one !== epoch && this.#isIn(one, message))) return;
    const seq = wanted === undefined ? undefined : this.#free(message, wanted);
    if (seq === 'taken') return;
    if (seq === undefined && this.#hasUnnumbered(message)) return;
    this.#put.run(
      id,
      conversation,
      epoch,
      place,
      seq ?? null,
      localId ?? null,
      state ?? null,
      recordText(message),
    );
    if (seq !== undefined) this.#amended.settle(conversation, epoch, seq);
  }

  /** Whether it is in another log of that name: which one it was is known no better here than there. */
  #isIn(epoch: number, message: FiledRecord): boolean {
    if (message.seq === undefined) return false;
    const found = this.#numbered.get(message.conversation, epoch, message.seq);
    return found !== undefined && isSameNumbered(inItsLog(found), message);
  }

  /** The number that a message gets, if any; or that it is here already. */
  #free(message: FiledRecord, seq: number): number | undefined | 'taken' {
    const found = this.#numbered.get(message.conversation, message.epoch, seq);
    if (found === undefined) return seq;
    const fate = onImport(inItsLog(found), message);
    if (fate === 'same') return 'taken';
    if (fate === 'other') return undefined;
    this.#remove.run(new Row('messages', found).integer('id'));
    return seq;
  }

  #hasUnnumbered(message: FiledRecord): boolean {
    const { conversation, epoch, place } = message;
    return this.#unnumbered
      .all(conversation, epoch, place)
      .some((values) => isSameUnnumbered(inItsLog(values), message));
  }
}

function boundsOf({ conversation, epoch, block }: BlockAddress): [string, number, number, number] {
  return [conversation, epoch, block * blockNumbers, (block + 1) * blockNumbers];
}

// Merges two stores of one account at one server, made under two spellings of its address: the history of both, and all
// keys that may still be needed to decrypt. Sessions of the store that is removed no longer encrypt, because two stores
// have used them at the same time. Its outbox may have been sent already, and is returned to the person.

import { maybeSaid } from '../../../client/account/inbox/restoration.ts';
import { keptSessionOf, recordOf } from '../../../client/encryption/stored/kept-session.ts';
import type {
  ConversationRecord,
  GroupPart,
  HistoryRecord,
} from '../../../client/store/store-port.ts';
import { inTransaction } from '../../../sqlite/database.ts';
import type { Database } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import { parseConversation, type ConversationName } from '../../../wire/extended/names.ts';
import {
  atTheEnd,
  conversationOf,
  groupPartOf,
  inItsLog,
  messageColumns,
  packageOf,
  sessionOf,
} from './decode.ts';
import { HistoryTable } from './history.ts';
import { putConversation, putGroupPart, putPackage, putSession } from './put.ts';

/** How the epochs of two records of one conversation relate, after each is moved up. */
interface Alignment {
  readonly kept: ConversationRecord;
  readonly up: number;
  readonly otherUp: number;
}

/** Merges everything of `other` into `main`, in one write. */
export function mergeStores(main: Database, other: Database): void {
  inTransaction(main, () => {
    const history = new HistoryTable(main);
    for (const name of namesIn(other)) mergeConversation(main, other, history, name);
    for (const values of other.prepare('SELECT * FROM sessions').all()) {
      const record = sessionOf(values);
      const kept = keptSessionOf(record);
      const isHere = main.prepare('SELECT 1 FROM sessions WHERE group_id = ?').get(record.groupId);
      if (kept === undefined || isHere !== undefined) continue;
      putSession(
        main,
        recordOf({ ...kept, order: kept.order ?? 0, welcome: undefined, use: 'spent' }),
      );
    }
    for (const values of other.prepare('SELECT * FROM packages').all()) {
      const record = packageOf(values);
      const isHere = main
        .prepare('SELECT 1 FROM packages WHERE reference = ?')
        .get(record.reference);
      if (isHere === undefined) putPackage(main, record);
    }
    mergeGroups(main, other);
  });
}

/** Where both stores have a state of a group, both were used at the same time: neither is used again. */
function mergeGroups(main: Database, other: Database): void {
  const here = new Set(partsIn(main).map(({ conversation }) => conversation));
  for (const part of partsIn(other)) {
    if (!here.has(part.conversation)) putGroupPart(main, part);
  }
  const there = new Set(partsIn(other).map(({ conversation }) => conversation));
  const remove = main.prepare('DELETE FROM group_parts WHERE conversation = ?');
  for (const conversation of here) if (there.has(conversation)) remove.run(conversation);
}

function partsIn(database: Database): readonly GroupPart[] {
  return database.prepare('SELECT * FROM group_parts').all().map(groupPartOf);
}

function namesIn(database: Database): readonly ConversationName[] {
  return database
    .prepare('SELECT name FROM conversations UNION SELECT DISTINCT conversation FROM messages')
    .all()
    .map((values) => {
      const row = new Row('conversations', values);
      return row.parsed('name', (text) =>
        parseConversation(text) === undefined ? undefined : (text as ConversationName),
      );
    });
}

function recordIn(database: Database, name: ConversationName): ConversationRecord {
  const values = database.prepare('SELECT * FROM conversations WHERE name = ?').get(name);
  if (values !== undefined) return conversationOf(values);
  return { name, log: 0, epoch: lastEpoch(database, name), earlier: [], cursor: 0, read: 0 };
}

function lastEpoch(database: Database, name: ConversationName): number {
  const values = database
    .prepare('SELECT coalesce(max(log), 0) AS log FROM messages WHERE conversation = ? AND log < ?')
    .get(name, atTheEnd);
  return new Row('messages', values).integer('log');
}

function mergeConversation(
  main: Database,
  other: Database,
  history: HistoryTable,
  name: ConversationName,
): void {
  const { kept, up, otherUp } = align(recordIn(main, name), recordIn(other, name));
  if (up > 0) {
    main
      .prepare('UPDATE messages SET log = log + ? WHERE conversation = ? AND log < ?')
      .run(up, name, atTheEnd);
  }
  putConversation(main, kept);
  const isHere = main.prepare('SELECT 1 FROM messages WHERE local_id = ?');
  const rows = other
    .prepare(
      `SELECT ${messageColumns} FROM messages WHERE conversation = ? ORDER BY log, place, id`,
    )
    .iterate(name);
  for (const values of rows) {
    const record = inItsLog(values);
    if (record.localId !== undefined && isHere.get(record.localId) !== undefined) continue;
    history.put(moved(record, otherUp));
  }
}

function moved({ epoch = 0, ...record }: HistoryRecord, up: number): HistoryRecord {
  if (epoch < atTheEnd) return { ...record, epoch: epoch + up };
  return { ...record, state: 'refused', reason: maybeSaid.reason };
}

/**
 * If the logs are known to be the same, their numbers stay numbers of one log. Otherwise the other's come before all.
 */
function align(mine: ConversationRecord, others: ConversationRecord): Alignment {
  const behind = epochsBack(mine, others.log);
  const ahead = epochsBack(others, mine.log);
  if (behind === undefined && ahead === undefined) return apart(mine, others);
  // Where the other's current epoch is, in the numbering of this one.
  const place = mine.epoch + (behind === undefined ? (ahead ?? 0) : -behind);
  const up = Math.max(0, others.epoch - place);
  const otherUp = Math.max(0, place - others.epoch);
  if (behind === undefined) {
    return { kept: { ...others, epoch: others.epoch + otherUp }, up, otherUp };
  }
  const epoch = mine.epoch + up;
  if (behind > 0) return { kept: { ...mine, epoch }, up, otherUp };
  // The server deletes private messages that either store has acknowledged. Those are in the store that did.
  const isDirect = mine.name.startsWith('@');
  const cursor = isDirect ? Math.max(mine.cursor, others.cursor) : mine.cursor;
  const read = Math.min(cursor, Math.max(mine.read, others.read));
  return { kept: { ...mine, epoch, cursor, read }, up, otherUp };
}

/** The logs are not known to have anything in common. */
function apart(mine: ConversationRecord, others: ConversationRecord): Alignment {
  if (mine.log !== 0) {
    const up = others.epoch + 1;
    return { kept: { ...mine, epoch: mine.epoch + up }, up, otherUp: 0 };
  }
  const otherUp = mine.epoch + 1;
  return { kept: { ...others, epoch: others.epoch + otherUp }, up: 0, otherUp };
}

/** How many epochs before its current one a conversation had that log. */
function epochsBack(record: ConversationRecord, log: number): number | undefined {
  const found = [record, ...record.earlier].findIndex((one) => one.log === log && log !== 0);
  return found < 0 ? undefined : found;
}

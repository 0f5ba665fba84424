// Upserts of rows in a client's store. Runs in the caller's transaction.

import { storedMessage } from '../../../client/store/stored-content.ts';
import type {
  ConversationRecord,
  GroupPart,
  HistoryRecord,
  PackageRecord,
  SessionRecord,
} from '../../../client/store/store-port.ts';
import type { Database } from '../../../sqlite/engine.ts';

/** What a message has beside its columns, as JSON. */
export function recordText(message: HistoryRecord & { readonly place?: number }): string {
  const {
    conversation: _conversation,
    localId: _localId,
    seq: _seq,
    state: _state,
    epoch: _epoch,
    place: _place,
    amended: _amended,
    content,
    ...others
  } = message;
  return JSON.stringify({ ...others, ...storedMessage(content) });
}

export function putConversation(database: Database, record: ConversationRecord): void {
  const { name, log, epoch, earlier, alike = [], cursor, read, isIn } = record;
  database
    .prepare(
      `INSERT OR REPLACE INTO conversations (name, log, cursor, seen, epoch, earlier, alike, member)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      name,
      log,
      cursor,
      read,
      epoch,
      JSON.stringify(earlier),
      JSON.stringify(alike),
      memberOf(isIn),
    );
}

/** As the column has it. */
export function memberOf(isIn: boolean | undefined): number | null {
  return isIn === undefined ? null : Number(isIn);
}

export function putSession(database: Database, record: SessionRecord): void {
  const { groupId, peer, order, madeAt, ownTexts, bytes } = record;
  database
    .prepare('INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?)')
    .run(groupId, peer, order ?? null, madeAt, ownTexts, bytes);
}

export function putPackage(database: Database, record: PackageRecord): void {
  const { reference, lastResort, madeAt, bytes } = record;
  database
    .prepare('INSERT OR REPLACE INTO packages VALUES (?, ?, ?, ?)')
    .run(reference, Number(lastResort), madeAt, bytes);
}

export function putGroupPart(database: Database, { conversation, part, bytes }: GroupPart): void {
  database
    .prepare('INSERT OR REPLACE INTO group_parts VALUES (?, ?, ?)')
    .run(conversation, part, bytes);
}

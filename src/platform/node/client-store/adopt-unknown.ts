// What an earlier version has kept as messages that it did not know is from now on what it is (client/store/adopted.ts). Done
// once after a migration that asks for it.
import { ConversationTimers } from '../../../client/expiring/conversation-timers.ts';
import { adopted, adoptedCodes } from '../../../client/store/adopted.ts';
import type { HistoryRecord } from '../../../client/store/store-port.ts';
import { isMark } from '../../../client/store/taken-number.ts';
import { inTransaction } from '../../../sqlite/database.ts';
import type { Database } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import { inItsLog, keptValueOf, messageColumns } from './decode.ts';
import { HistoryTable } from './history.ts';
import { recordText } from './put.ts';

const [first, last] = adoptedCodes;

export function adoptUnknown(database: Database): void {
  const chore = "FROM chores WHERE name = 'kept-amendments'";
  if (database.prepare(`SELECT 1 ${chore}`).get() === undefined) return;
  inTransaction(database, () => {
    const prepare = (sql: string) => database.prepare(sql);
    const history = new HistoryTable(database);
    const values = prepare('SELECT * FROM kept_values').all().map(keptValueOf);
    const timers = new ConversationTimers(values);
    const remove = prepare('DELETE FROM messages WHERE id = ?');
    // Taken out and put in, so that its words are found.
    const put = prepare(`INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    const columns = prepare('SELECT * FROM messages WHERE id = ?');
    const isHere = ({ conversation, seq = 0 }: HistoryRecord) => {
      const found = history.numbered(conversation, seq);
      return found !== undefined && !isMark(found);
    };
    const kept = prepare(
      `SELECT ${messageColumns} FROM messages
       WHERE record ->> '$.unknown.code' BETWEEN ${first} AND ${last}`,
    ).all();
    const now = Date.now();
    for (const row of kept) {
      const message = inItsLog(row);
      const what = adopted(message, timers, now);
      if (what === undefined) continue;
      const id = new Row('messages', row).integer('id');
      const before = new Row('messages', columns.get(id));
      remove.run(id);
      if (what.kind === 'said') {
        const { change, onlyIfHere } = what;
        const { conversation, target } = change;
        if (!onlyIfHere || isHere({ ...message, conversation, seq: target.seq }))
          history.amend(change);
        continue;
      }
      put.run(
        id,
        before.text('conversation'),
        before.integer('log'),
        before.integer('place'),
        before.optionalInteger('seq') ?? null,
        before.optionalText('local_id') ?? null,
        before.optionalText('state') ?? null,
        recordText({ ...message, ends: what.ends }),
      );
    }
    const { change } = timers;
    if (change.type === 'kept-value' && change.value !== undefined && timers.all.length > 0)
      prepare('INSERT OR REPLACE INTO kept_values VALUES (?, ?)').run(change.name, change.value);
    database.exec(`DELETE ${chore}`);
  });
}

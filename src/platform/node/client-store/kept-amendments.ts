// Edits, deletions and reactions that an earlier version has kept as messages that it did not know: they are what they
// are from now on. Done once after the migration that knows them.
import { contentCodes, decodeContent, isAmendment } from '../../../client/content.ts';
import { inTransaction } from '../../../sqlite/database.ts';
import type { Database } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import { inItsLog, messageColumns } from './decode.ts';
import { HistoryTable } from './history.ts';

const { edit, react } = contentCodes;

export function adoptKeptAmendments(database: Database): void {
  const chore = "FROM chores WHERE name = 'kept-amendments'";
  if (database.prepare(`SELECT 1 ${chore}`).get() === undefined) return;
  inTransaction(database, () => {
    const history = new HistoryTable(database);
    const remove = database.prepare('DELETE FROM messages WHERE id = ?');
    const kept = database
      .prepare(
        `SELECT ${messageColumns} FROM messages
         WHERE seq IS NOT NULL AND record ->> '$.unknown.code' BETWEEN ${edit} AND ${react}`,
      )
      .all();
    for (const values of kept) {
      const { content: unknown, conversation, from, guest, at, seq } = inItsLog(values);
      if (unknown.kind !== 'unknown' || from === undefined || seq === undefined) continue;
      const content = decodeContent(unknown);
      if (content === undefined || !isAmendment(content) || guest) continue;
      const amendment = { content, by: from, at, seq, asAdmin: false };
      history.amend({ type: 'amended', conversation, target: content.target, amendment });
      remove.run(new Row('messages', values).integer('id'));
    }
    database.exec(`DELETE ${chore}`);
  });
}

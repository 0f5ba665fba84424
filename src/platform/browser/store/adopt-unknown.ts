// What an earlier page has kept as messages that it did not know is from now on what it is (client/store/adopted.ts). Done
// once, a part of the history at a time; a page that ends within does the rest later.
import { ConversationTimers } from '../../../client/expiring/conversation-timers.ts';
import { adopted, adoptedCodes } from '../../../client/store/adopted.ts';
import { noLineage } from '../../../client/store/log-epochs.ts';
import { write, type AccountDatabase, type MessageRow } from './database.ts';
import { HistoryWriter, historyStores, type MessageIds } from './history-writer.ts';
import { keptOf } from './message-row.ts';

/** The thing that says it is done, and for which codes: for more of them it is done again. */
const doneName = 'adopted';
const [first, last] = adoptedCodes;
/** Messages that are read at once. */
const step = 1_000;

export async function adoptUnknown(database: AccountDatabase, ids: MessageIds): Promise<void> {
  if ((await database.get('things', doneName)) === last) return;
  const timers = new ConversationTimers(await database.getAll('values'));
  for (let low = ids.first; low <= ids.last; low += step) {
    const rows = await database.getAll('messages', IDBKeyRange.bound(low, low + step - 1));
    const meant = rows.filter(
      ({ content: { unknown: { code = 0 } = {} } }) => first <= code && code <= last,
    );
    if (meant.length > 0) await adoptRows(database, ids, meant, timers);
  }
  const { change } = timers;
  await write(database, ['values', 'things'], async (transaction) => {
    if (timers.all.length > 0 && change.type === 'kept-value' && change.value !== undefined)
      await transaction.objectStore('values').put({ name: change.name, value: change.value });
    await transaction.objectStore('things').put(last, doneName);
  });
}

function adoptRows(
  database: AccountDatabase,
  ids: MessageIds,
  rows: readonly MessageRow[],
  timers: ConversationTimers,
): Promise<void> {
  return write(database, [...historyStores], async (transaction) => {
    const conversations = transaction.objectStore('conversations');
    const lineageOf = async (name: string) => (await conversations.get(name)) ?? noLineage;
    const history = new HistoryWriter(transaction, ids, lineageOf);
    for (const row of rows) {
      const kept = keptOf(row);
      const what = adopted(kept.message, timers, Date.now());
      if (what !== undefined) await history.adopt(kept, what, row.now);
    }
    await history.end();
  });
}

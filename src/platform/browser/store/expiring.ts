// Messages that disappear, in IndexedDB: which end when, and the ids of those that have. Within one transaction.
import { maxEnded } from '../../../client/expiring/ended.ts';
import type { KeptMessage } from '../../../client/store/kept-message.ts';
import type { ReadTransaction, WriteTransaction } from './database.ts';
import { keptOf } from './message-row.ts';

/** The messages that end at `until` or before, the first to end first. */
export async function endingUntil(
  transaction: ReadTransaction,
  until: number,
): Promise<readonly KeptMessage[]> {
  const range = IDBKeyRange.upperBound(until);
  const rows = await transaction.objectStore('messages').index('ends').getAll(range);
  return rows.map(keptOf);
}

/** When the next message ends. */
export async function nextEnd(transaction: ReadTransaction): Promise<number | undefined> {
  const first = await transaction.objectStore('messages').index('ends').openKeyCursor();
  return first?.key;
}

/** Whether a message was here and has ended. */
export async function isEnded(
  transaction: ReadTransaction,
  conversation: string,
  target: string | undefined,
): Promise<boolean> {
  if (target === undefined) return false;
  const found = await transaction
    .objectStore('ended')
    .index('target')
    .getKey([conversation, target]);
  return found !== undefined;
}

/** Remembers that messages have ended, and forgets the oldest of too many. */
export async function remember(
  transaction: WriteTransaction,
  ended: readonly { readonly conversation: string; readonly target: string }[],
): Promise<void> {
  const rows = transaction.objectStore('ended');
  let id = (await rows.openKeyCursor(null, 'prev'))?.key ?? 0;
  for (const { conversation, target } of ended) {
    id += 1;
    await rows.put({ id, conversation, target });
  }
  if (id > maxEnded) await rows.delete(IDBKeyRange.upperBound(id - maxEnded));
}

// What is stored of an account's conversations, for a page that shows it before it has a client. Only reads, so it needs
// nothing of what writes.
import type { StoredHistory } from '../../../client/timeline/stored-source.ts';
import { attempt, type AccountDatabase, type StoreName } from './database.ts';
import { HistoryReader } from './history-reader.ts';
import { beginningWith } from './message-row.ts';

/** Nothing. */
export const noHistory: StoredHistory = {
  conversations: [],
  ignored: '',
  sealed: new Set(),
  historyRange: async () => [],
  last: async () => [],
  pinOf: async () => undefined,
};

const stores: StoreName[] = ['conversations', 'messages', 'amendments', 'reactions'];

/** Rejects with a PrivateFileError. */
export async function openStoredHistory(database: AccountDatabase): Promise<StoredHistory> {
  const read = <T>(work: (reader: HistoryReader) => Promise<T>): Promise<T> =>
    attempt(() => work(new HistoryReader(database.transaction(stores))));
  const [conversations, parts, kept] = await attempt(async () => {
    const transaction = database.transaction(['conversations', 'groupParts', 'values']);
    const conversations = await transaction.objectStore('conversations').getAll();
    const parts = transaction.objectStore('groupParts');
    const first = conversations.map(({ name }) => parts.getKey(beginningWith(name)));
    const kept = transaction.objectStore('values').get('ignored');
    return [conversations, await Promise.all(first), await kept] as const;
  });
  return {
    conversations,
    ignored: kept?.value ?? '',
    sealed: new Set(conversations.map(({ name }) => name).filter((_, at) => parts[at])),
    historyRange: (conversation, range, limit) =>
      read((reader) => reader.historyRange(conversation, range, limit)),
    last: (conversation, limit) => read((reader) => reader.page(conversation, undefined, limit)),
    pinOf: async (user) =>
      attempt(async () => (await database.get('pins', user)) ?? (await strangerOf(database, user))),
  };
}

async function strangerOf(database: AccountDatabase, user: string) {
  const row = await database.get('strangers', user);
  return row && { key: row.key, verified: false };
}

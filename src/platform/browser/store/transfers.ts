// Transfers that outlive the page, and the people whose files are accepted, in the account's database. Knows nothing of
// what a record means.
import type {
  KnownSenderRecord,
  KnownSenderStore,
  TransferStore,
} from '../../../client/files/ports.ts';
import { decodeRecord, encodeRecord, type TransferRecord } from '../../../client/files/records.ts';
import { putThing, readThing, readThings, write, type AccountDatabase } from './database.ts';

const prefix = 'transfer ';
const sendersName = 'known senders';

const nameOf = ({ kind, id }: Pick<TransferRecord, 'kind' | 'id'>): string =>
  `${prefix}${kind}-${id}`;

export function openTransfers(database: AccountDatabase): TransferStore {
  return {
    async load() {
      const found = await readThings(database, prefix);
      return found.flatMap((text) => (typeof text === 'string' ? (decodeRecord(text) ?? []) : []));
    },
    put: (record) => putThing(database, nameOf(record), encodeRecord(record)),
    remove: (record) =>
      write(database, ['things'], async (transaction) => {
        await transaction.objectStore('things').delete(nameOf(record));
      }),
  };
}

export function openKnownSenders(database: AccountDatabase): KnownSenderStore {
  return {
    load: async () =>
      ((await readThing(database, sendersName)) as readonly KnownSenderRecord[] | undefined) ?? [],
    keep: (records) => putThing(database, sendersName, [...records]),
  };
}

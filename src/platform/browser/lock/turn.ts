// Encrypts what a store has, or decrypts it, when its lock is put on or taken off: in steps of one transaction each, so
// that a page that ends in the middle goes on from there. Nobody else may have the store open meanwhile. Rows that are
// done can be told from the others, so it begins again at the first.
import { PrivateFileError } from '../../../client/store/private-file-error.ts';
import { signingKeyOf } from '../crypto/signing-keys.ts';
import {
  readThing,
  putThing,
  write,
  type AccountDatabase,
  type StoreName,
} from '../store/database.ts';
import {
  isFoundByName,
  isSealedRow,
  openRow,
  sealRow,
  staysPlain,
  type LockedRow,
} from './sealed-database.ts';
import type { RowCipher } from './row-cipher.ts';

const rowsAtOnce = 250;

export type LockTurn = 'lock' | 'unlock';

/** `told` hears how much is done, from 0 to 1. Rejects with a PrivateFileError. */
export async function turnStore(
  database: AccountDatabase,
  cipher: RowCipher,
  turn: LockTurn,
  told: (done: number) => void,
): Promise<void> {
  const stores = [...database.objectStoreNames];
  const counts = await Promise.all(stores.map((store) => database.count(store)));
  const all = counts.reduce((sum, count) => sum + count, 0);
  let done = 0;
  for (const store of stores) {
    let after: IDBValidKey | undefined;
    do {
      // oxlint-disable-next-line no-await-in-loop -- step by step, so that a page that ends loses little
      const { last, count } = await turnStep(database, cipher, turn, store, after);
      after = last;
      done += count;
      told(Math.min(1, done / Math.max(1, all)));
    } while (after !== undefined);
  }
  if (turn === 'unlock') await hideDeviceKey(database);
}

/** Turns the rows behind the key `after`. Gives the last key that was looked at; undefined when none is left. */
function turnStep(
  database: AccountDatabase,
  cipher: RowCipher,
  turn: LockTurn,
  store: StoreName,
  after: IDBValidKey | undefined,
): Promise<{ readonly last: IDBValidKey | undefined; readonly count: number }> {
  return write(database, [store], async (transaction) => {
    const rows = transaction.objectStore(store) as unknown as RawRows;
    const range = after === undefined ? null : IDBKeyRange.lowerBound(after, true);
    const [keys, values] = await Promise.all([
      rows.getAllKeys(range, rowsAtOnce),
      rows.getAll(range, rowsAtOnce),
    ]);
    const changes: Promise<unknown>[] = [];
    for (const [at, key] of keys.entries()) {
      const row = values[at];
      if (isSealedRow(row) === (turn === 'lock') || staysPlain(store, key, row)) continue;
      const turned =
        turn === 'lock' ? sealRow(cipher, store, row, key) : openRow(cipher, store, row, key);
      if (isFoundByName(store)) changes.push(rows.delete(key));
      changes.push(store === 'things' ? rows.put(turned, key) : rows.put(turned));
    }
    // They are done in this order, and waiting for each takes longer than all the rest.
    await Promise.all(changes);
    return { last: keys.length < rowsAtOnce ? undefined : keys.at(-1), count: keys.length };
  });
}

interface RawRows {
  getAll(range: IDBKeyRange | null, count: number): Promise<unknown[]>;
  getAllKeys(range: IDBKeyRange | null, count: number): Promise<IDBValidKey[]>;
  put(row: unknown, key?: IDBValidKey): Promise<unknown>;
  delete(key: IDBValidKey): Promise<void>;
}

/** Without a lock, no script can read the device's key. */
async function hideDeviceKey(database: AccountDatabase): Promise<void> {
  const row = (await readThing(database, 'device')) as LockedRow | undefined;
  if (row?.['kind'] !== 'packed') return;
  const { publicKey, pkcs8 } = row;
  if (!(pkcs8 instanceof Uint8Array))
    throw new PrivateFileError('the key of this device is damaged');
  await putThing(database, 'device', {
    kind: 'held',
    publicKey,
    privateKey: await signingKeyOf(pkcs8),
  });
}

// Opens the place of an account that is locked, once its key is there, and does before that what is under way with it: a
// store that is being locked or unlocked is turned first, from where it was. Also puts a lock on a place, and deletes one.
import { deleteDB } from 'idb';
import { PrivateFileError } from '../../../client/store/private-file-error.ts';
import type { AccountPlace } from '../account-place.ts';
import { removePlace, type KeptForm } from '../files/hidden-place.ts';
import { FileWorker } from '../files/file-worker.ts';
import { draftsKey, filesKey, plainTexts, purposesKey } from '../local-texts.ts';
import { attempt } from '../store/database.ts';
import { keepLock, type LockWay, type StoreLock } from './lock-record.ts';
import { reopenAlone } from './reopen.ts';
import { RowCipher } from './row-cipher.ts';
import { sealedView } from './sealed-database.ts';
import { sealedTexts, sealTexts, unsealTexts } from './sealed-texts.ts';
import { makeLock, newStoreKey, openLock } from './store-lock.ts';
import { turnStore } from './turn.ts';

/** Of an account: the texts that the page writes at once. */
function textKeysOf(username: string): readonly string[] {
  return [draftsKey(username), filesKey(username), purposesKey(username)];
}

/** Puts a lock on the place, which opens for `secret`. What is stored is turned when it is opened next. */
export async function lockPlace(
  { database }: AccountPlace,
  way: LockWay,
  secret: Uint8Array,
): Promise<StoreLock> {
  const made = await makeLock(database.name, way, secret, newStoreKey());
  const lock: StoreLock = { ...made, turning: 'to-lock' };
  await keepLock(database, lock);
  return lock;
}

/** Another way into the same lock. Undefined if it does not open for `secret`. */
export async function changeLock(
  { database, lock }: AccountPlace,
  secret: Uint8Array,
  way: LockWay,
  newSecret: Uint8Array,
): Promise<StoreLock | undefined> {
  const storeKey = lock && (await openLock(database.name, lock, secret));
  if (storeKey === undefined) return undefined;
  const changed = await makeLock(database.name, way, newSecret, storeKey);
  await keepLock(database, changed);
  return changed;
}

/** Takes the lock off when the place is opened next. Whether it opens for `secret`. */
export async function unlockPlace(
  { database, lock }: AccountPlace,
  secret: Uint8Array,
): Promise<boolean> {
  if (lock === undefined || (await openLock(database.name, lock, secret)) === undefined)
    return false;
  await keepLock(database, { ...lock, turning: 'unlocking' });
  return true;
}

/** A lock that was wanted, and nothing was touched yet: there is none. */
export async function leaveUnlocked(place: AccountPlace): Promise<AccountPlace> {
  await keepLock(place.database, undefined);
  return { ...place, lock: undefined };
}

/**
 * The place, with what is stored in it. Undefined if its lock does not open for `secret`. `told` hears how much is turned,
 * from 0 to 1. `startFileWorker` starts a worker with files/worker.ts. Rejects with a PrivateFileError.
 */
export async function openPlace(
  place: AccountPlace,
  username: string,
  secret: Uint8Array,
  startFileWorker: () => Worker,
  told: (done: number) => void,
): Promise<AccountPlace | undefined> {
  const { lock, tab } = place;
  if (lock === undefined) return place;
  const storeKey = await openLock(place.database.name, lock, secret);
  if (storeKey === undefined) return undefined;
  const cipher = new RowCipher(storeKey);
  const texts = sealedTexts(cipher);
  const filesKey = cipher.keyOf('files');
  const turnAll = (form: KeptForm, from: number): Promise<void> => {
    const files = new FileWorker(startFileWorker, undefined, {
      account: place.database.name,
      filesKey,
    });
    return turned(files, form, (done) => told(from + done / 2));
  };
  if (lock.turning === undefined) {
    // A page of before files were under the lock may have left some.
    if (tab.isHeld) await turnAll('sealed', 0);
    return { ...place, database: sealedView(place.database, cipher), texts, filesKey };
  }
  if (!tab.isHeld) {
    throw new PrivateFileError(
      'another tab has what is stored, and the lock is not done yet: close that tab, and load this page again',
    );
  }
  const database = await reopenAlone(place.database);
  const keys = textKeysOf(username);
  if (lock.turning === 'unlocking') {
    await turnStore(database, cipher, 'unlock', (done) => told(done / 2));
    await turnAll('plain', 1 / 2);
    unsealTexts(texts, keys);
    await keepLock(database, undefined);
    return { tab, database, lock: undefined, texts: plainTexts };
  }
  await keepLock(database, { ...lock, turning: 'locking' });
  await turnStore(database, cipher, 'lock', (done) => told(done / 2));
  await turnAll('sealed', 1 / 2);
  sealTexts(texts, keys);
  const done: StoreLock = { ...lock, turning: undefined };
  await keepLock(database, done);
  return { tab, database: sealedView(database, cipher), lock: done, texts, filesKey };
}

/** Turns the files that have come, in a worker. */
async function turned(
  files: FileWorker,
  form: KeptForm,
  told: (done: number) => void,
): Promise<void> {
  const outcome = await files.start('turn', { form }, told).outcome;
  files.end();
  if (outcome.ok) return;
  const why =
    outcome.error.code === 'no-space'
      ? 'there is no room for them'
      : 'the browser cannot write them';
  throw new PrivateFileError(
    `the lock of the files that have come is not done yet: ${why}. Nothing is lost; make room`,
  );
}

/** Deletes all that this browser has of the account, with the key of this device. */
export async function erasePlace({ database, tab }: AccountPlace, username: string): Promise<void> {
  const { name } = database;
  database.close();
  await attempt(() => deleteDB(name));
  await removePlace(name);
  for (const key of textKeysOf(username)) plainTexts.keep(key, undefined);
  tab.release();
}

// A device's data about a server belongs to the server's identity, not to the spelling of its address. Data under
// addresses, from earlier programs and from before the identity was known, is moved there. The store of an account is
// moved or merged. Transfers, drafts and what is remembered of the backup are moved. Pins, the keys of strangers, and what was seen of chains and of the
// directory are copied, because other programs on the same directory may read them.

import { existsSync, statSync } from 'node:fs';
import { copyFile, link, readdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { closeDatabase, openDatabase } from '../../../sqlite/database.ts';
import { takeLock } from '../../../sqlite/lock.ts';
import { DraftFile } from '../draft-file.ts';
import { serverFileName, userFileName } from '../file-names.ts';
import { transferFolder } from '../files/transfer-files.ts';
import { makeFolder } from '../make-folder.ts';
import { givenFileName } from '../vault-file.ts';
import { mergeStores } from './merge.ts';
import { asPrivateFileError, clientStorePath } from './open.ts';
import { schema } from './schema.ts';

/**
 * Moves the store of `user` from the addresses `from` (keys, the current one first) to `to`. Returns the key under
 * which the store is: an address's while another program has it open there. Rejects with a PrivateFileError.
 */
export async function adoptStore(
  directory: string,
  from: readonly string[],
  to: string,
  user: string,
): Promise<string> {
  try {
    return await bringStore(directory, from, to, user);
  } catch (error) {
    throw asPrivateFileError(clientStorePath(directory, to, user), error);
  }
}

async function bringStore(
  directory: string,
  from: readonly string[],
  to: string,
  user: string,
): Promise<string> {
  const target = clientStorePath(directory, to, user);
  const found = from.filter((key) => existsSync(clientStorePath(directory, key, user)));
  if (found.length === 0) return to;
  await makeFolder(dirname(target));
  const locked = await takeLock(target);
  if (locked.kind === 'busy') return to;
  try {
    // The one that was used last is continued.
    const byUse = found.toSorted(
      (one, other) =>
        usedAt(clientStorePath(directory, other, user)) -
        usedAt(clientStorePath(directory, one, user)),
    );
    for (const key of byUse) {
      const source = clientStorePath(directory, key, user);
      const held = await takeLock(source);
      if (held.kind === 'busy') {
        if (!existsSync(target)) return key;
        continue;
      }
      try {
        if (existsSync(target)) await merge(source, target);
        else await move(source, target);
      } finally {
        await held.lock.release();
      }
    }
    return to;
  } finally {
    await locked.lock.release();
  }
}

/** Folders with a file for each person, or for each account. */
const copied = ['pins', 'strangers', 'chains', 'directories'];

/**
 * Moves the transfer records of `user` with their partial files and what is remembered of their backup, and copies what is
 * known of people and of the server. Rejects with a PrivateFileError.
 */
export async function adoptFiles(
  directory: string,
  from: readonly string[],
  to: string,
  user: string,
): Promise<void> {
  const folderOf = (name: string, key: string) => join(directory, name, serverFileName(key));
  const transfers = (key: string) => transferFolder(directory, key, user);
  try {
    for (const key of from) {
      for (const name of copied) {
        await bring(folderOf(name, key), folderOf(name, to), copyAsItIs);
      }
      await bring(transfers(key), transfers(to), rename);
      for (const name of [userFileName(user), givenFileName(user)]) {
        await bring(folderOf('backup', key), folderOf('backup', to), rename, name);
      }
    }
    await DraftFile.adopt(directory, from, to, user);
  } catch (error) {
    throw asPrivateFileError(folderOf('pins', to), error);
  }
}

async function bring(
  from: string,
  to: string,
  carry: (from: string, to: string) => Promise<void>,
  only?: string,
): Promise<void> {
  const found = await readdir(from, { withFileTypes: true }).catch(() => []);
  const names = found
    .filter((entry) => entry.isFile() && entry.name === (only ?? entry.name))
    .map(({ name }) => name);
  if (names.length === 0) return;
  await makeFolder(to);
  for (const name of names) {
    if (!name.startsWith('.') && !existsSync(join(to, name)))
      await carry(join(from, name), join(to, name));
  }
}

/** Complete or absent, with its time. */
async function copyAsItIs(from: string, to: string): Promise<void> {
  const written = join(dirname(to), `.adopted-${process.pid}`);
  await copyFile(from, written);
  const { atime, mtime } = statSync(from);
  await utimes(written, atime, mtime);
  // Unlike a rename, this does not replace a file that somebody else has made meanwhile.
  await link(written, to).catch(() => {});
  await rm(written, { force: true });
}

async function move(source: string, target: string): Promise<void> {
  // Then all of it is in the file itself.
  closeDatabase(await openDatabase(source, schema, { overwriteDeleted: true }));
  await rename(source, target);
  for (const end of ['-wal', '-shm']) await rm(`${source}${end}`, { force: true });
}

async function merge(source: string, target: string): Promise<void> {
  const options = { overwriteDeleted: true };
  const other = await openDatabase(source, schema, options);
  try {
    const main = await openDatabase(target, schema, options);
    try {
      mergeStores(main, other);
    } finally {
      closeDatabase(main);
    }
    // What remains of it must not encrypt.
    other.exec('DELETE FROM sessions; DELETE FROM packages; DELETE FROM outbox');
  } finally {
    closeDatabase(other);
  }
  await rename(source, `${source}.merged`);
  for (const end of ['-wal', '-shm']) await rm(`${source}${end}`, { force: true });
}

function usedAt(path: string): number {
  const times = [path, `${path}-wal`].map(
    (one) => statSync(one, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return Math.max(...times);
}

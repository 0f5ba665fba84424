// Creates files for their owner only. SQLite gives its side files (-wal, -shm) the mode of the file itself, so it is
// enough that the file exists, empty and 0600, before SQLite opens it.
//
// A file that SQLite may have open in this process must never be opened and closed a second time: closing any
// descriptor of a file drops all locks that the process has on it (POSIX). So an existing file is looked at by name
// only.

import { chmodSync, closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../lib/system-error.ts';

const ownerOnly = 0o600;

/** Makes the file at `path` where there is none, and takes from others what they may do with it where there is one. */
export function createMissing(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    try {
      createNew(path);
    } catch (error) {
      // Somebody else was quicker; it is theirs as much as ours.
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  } else if ((found.mode & 0o077) !== 0) {
    chmodSync(path, ownerOnly);
  }
}

/** Makes an empty file; throws where there is one. */
export function createNew(path: string): void {
  closeSync(openSync(path, 'wx', ownerOnly));
}

/** Makes sure that the content of a finished file, which nobody has open, is on the disk. */
export function flushFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes sure that names that were given or taken in the folder of `path` are on the disk. */
export async function flushFolderOf(path: string): Promise<void> {
  const handle = await open(dirname(path), 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch {
    // Some systems cannot flush a folder. After a power cut the old name may then be there.
  } finally {
    await handle?.close();
  }
}

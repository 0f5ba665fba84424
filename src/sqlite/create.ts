// Creates files for their owner only. SQLite gives its side files (-wal, -shm) the mode of the file itself, so it is
// enough that the file exists, empty and 0600, before SQLite opens it.
//
// Never open and close a file a second time that SQLite may have open in this process: closing any descriptor of a file
// drops all locks that the process has on it (POSIX). So an existing file is checked by name only.

import { chmodSync, closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../lib/system-error.ts';

const ownerOnly = 0o600;

/** Makes the file at `path` if there is none. If there is one, takes away the permissions of others. */
export function createMissing(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    try {
      createNew(path);
    } catch (error) {
      // Somebody else made it first. It is as good as ours.
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  } else if ((found.mode & 0o077) !== 0) {
    chmodSync(path, ownerOnly);
  }
}

/** Makes an empty file. Throws if there is one. */
export function createNew(path: string): void {
  closeSync(openSync(path, 'wx', ownerOnly));
}

/** Flushes the content of a finished file, which nobody has open, to the disk. */
export function flushFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Flushes the folder of `path` to the disk: names that were added and removed. */
export async function flushFolderOf(path: string): Promise<void> {
  const handle = await open(dirname(path), 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch {
    // Some systems cannot flush a folder. Then the old name may be back after a power cut.
  } finally {
    await handle?.close();
  }
}

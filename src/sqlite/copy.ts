// Copies a database to one new file while others read and write it: complete or absent, flushed, 0600.

import { randomBytes } from 'node:crypto';
import { link, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createNew, flushFile, flushFolderOf } from './create.ts';
import type { Database } from './engine.ts';

/**
 * Writes the state of `database` at this moment to `target`. `existing` says what happens to an existing file: `refuse`
 * throws EEXIST. `finish` is called with the path of the copy before the copy gets its name.
 */
export async function copyDatabase(
  database: Database,
  target: string,
  existing: 'refuse' | 'replace',
  finish: (path: string) => void | Promise<void> = () => {},
): Promise<void> {
  await writeWhole(target, existing, finish, (written) => {
    // The file must be there and empty, for its owner only.
    createNew(written);
    // VACUUM INTO reads one state, does not block writers, leaves out deleted data, and does not flush.
    database.prepare('VACUUM INTO ?').run(written);
  });
}

/** Makes a file by `write` under another name. It gets the name `target` when it is finished and flushed. */
export async function writeWhole(
  target: string,
  existing: 'refuse' | 'replace',
  finish: (path: string) => void | Promise<void>,
  write: (path: string) => void | Promise<void>,
): Promise<void> {
  const written = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    await write(written);
    await finish(written);
    flushFile(written);
    // Unlike a rename, a link fails if the name is taken.
    if (existing === 'refuse') await link(written, target);
    else await rename(written, target);
  } finally {
    await rm(written, { force: true });
  }
  await flushFolderOf(target);
}

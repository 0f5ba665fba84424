// Puts the content of a backup into a data directory. First all of it is written to a new folder, then existing files
// are moved aside, then the new ones are moved in. So a crash loses nothing; at worst something must be moved by hand.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backupFiles } from '../../server/admin/backup-files.ts';
import type { Backup } from '../../store/sqlite/backup/backup.ts';
import { databaseFile } from '../serve/database-file.ts';
import { makeFolder } from '../../platform/node/make-folder.ts';

/** Files beside the database while a server runs, or after one was killed. */
const sideFiles = [`${databaseFile}-wal`, `${databaseFile}-shm`, `${databaseFile}.commits`];

/** The files that are replaced together: a database with another server's keys would be neither of the two servers. */
const places = [databaseFile, ...sideFiles, 'identity.key', 'tls'];

/** Whether the directory has a server's data. */
export function isInhabited(dataDirectory: string): boolean {
  return [databaseFile, 'identity.key'].some((name) => existsSync(join(dataDirectory, name)));
}

/**
 * Installs `backup`. Returns the folder with the earlier files, if there were any. The caller holds the lock on the
 * database. Rejects with a system error.
 */
export async function install(
  backup: Backup,
  dataDirectory: string,
  now: Date,
): Promise<string | undefined> {
  const fresh = await mkdtemp(join(dataDirectory, '.restore-'));
  try {
    await backup.install(join(fresh, databaseFile));
    for (const { name, bytes } of backup.attachments) {
      // Unknown names in a backup are ignored: they could lead out of the folder.
      if (backupFiles.some((known) => known === name)) await write(join(fresh, name), bytes);
    }
    const aside = await moveAside(dataDirectory, now);
    for (const name of places) {
      const from = join(fresh, name);
      if (existsSync(from)) await rename(from, join(dataDirectory, name));
    }
    return aside;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function moveAside(dataDirectory: string, now: Date): Promise<string | undefined> {
  const found = places.filter((name) => existsSync(join(dataDirectory, name)));
  if (found.length === 0) return undefined;
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[:T]/g, '-');
  const aside = join(dataDirectory, `before-restore-${stamp}`);
  await mkdir(aside, { mode: 0o700 });
  for (const name of found) await rename(join(dataDirectory, name), join(aside, name));
  return aside;
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await makeFolder(dirname(path));
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

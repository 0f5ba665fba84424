// Opens a client's store for one account at one server: a file in the data directory, for its owner only. One program
// at a time can open it.

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClientStore } from '../../../client/store/store-port.ts';
import { openDatabase } from '../../../sqlite/database.ts';
import { takeLock } from '../../../sqlite/lock.ts';
import { SqliteProblem } from '../../../sqlite/problem.ts';
import { systemCode, systemReason } from '../../../lib/system-error.ts';
import { serverFileName, userFileName } from '../file-names.ts';
import { makeFolder } from '../make-folder.ts';
import { PrivateFileError } from '../../../client/store/private-file-error.ts';
import { FileClientStore } from './file.ts';
import { adoptUnknown } from './adopt-unknown.ts';
import { schema } from './schema.ts';

export type OpenedClientStore =
  | { readonly kind: 'open'; readonly store: ClientStore }
  /** Another program has it. `pid` is its process id, if known. */
  | { readonly kind: 'busy'; readonly pid: number | undefined };

/**
 * The store of `user` at `server` (the key of the server) in the data directory. A killed program leaves no lock.
 * Rejects with a PrivateFileError that says what is wrong.
 */
export async function openClientStore(
  directory: string,
  server: string,
  user: string,
): Promise<OpenedClientStore> {
  const path = clientStorePath(directory, server, user);
  try {
    await makeFolder(dirname(path));
    const locked = await takeLock(path);
    if (locked.kind === 'busy') return locked;
    try {
      // Used keys are overwritten, not only forgotten.
      const database = await openDatabase(path, schema, { overwriteDeleted: true });
      adoptUnknown(database);
      return { kind: 'open', store: new FileClientStore(path, database, locked.lock) };
    } catch (error) {
      await locked.lock.release();
      throw error;
    }
  } catch (error) {
    throw asPrivateFileError(path, error);
  }
}

/** Whether the store exists. */
export function hasStore(directory: string, server: string, user: string): boolean {
  return existsSync(clientStorePath(directory, server, user));
}

/** The servers at which `user` has a store, by their names as files. */
export async function serversWithStore(directory: string, user: string): Promise<string[]> {
  const names = await readdir(join(directory, 'accounts')).catch(() => []);
  return names.filter((server) => hasStore(directory, server, user));
}

export function clientStorePath(directory: string, server: string, user: string): string {
  return join(directory, 'accounts', serverFileName(server), `${userFileName(user)}.db`);
}

/** An error with the store at `path` or its files, in words. */
export function asPrivateFileError(path: string, error: unknown): PrivateFileError {
  if (!(error instanceof SqliteProblem)) {
    const reason =
      systemCode(error) === 'EEXIST' ? 'its place is not a folder' : systemReason(error);
    const message = `${path} cannot be opened: ${reason}`;
    return new PrivateFileError(message, { cause: error });
  }
  const hint = error.hint === undefined ? '' : `. ${error.hint.replace(/\.$/, '')}`;
  return new PrivateFileError(`${error.message}${hint}`, { cause: error });
}

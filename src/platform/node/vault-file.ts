// What a device remembers of its backup: one file for each account at a server, for its owner only; and beside it the
// backup that `helo recover --from` was given, until the chat has taken it. Knows nothing of their content
// (client/vault/vault-state.ts, backup-file.ts).
import { copyFile, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BackupFiles } from '../../client/vault/backup-files.ts';
import type { VaultFile } from '../../client/vault/vault-state.ts';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { openBackupFile, readBackupFile } from './backup-file.ts';
import { serverFileName, userFileName } from './file-names.ts';
import { makeFolder } from './make-folder.ts';
import { readPrivateFile, replacePrivateFile, syncFolder } from './private-file.ts';

/** A thousand blobs and their blocks take a hundredth of it. */
const maxFileBytes = 64 * 1024 * 1024;

/** That of `user` at `server` (the key of the server). */
export function openVaultFile(directory: string, server: string, user: string): VaultFile {
  const path = vaultPath(directory, server, user);
  return {
    load: async () => {
      const bytes = await readPrivateFile(path, maxFileBytes);
      // What is no text is not what was kept.
      return bytes && (decodeUtf8(bytes) ?? '');
    },
    setAside: async () => {
      const copy = `${path}.damaged`;
      await copyFile(path, copy);
      return copy;
    },
    keep: (text) => replacePrivateFile(path, encodeUtf8(text)),
  };
}

/** Takes away what is remembered there of a backup, and the one that was given. */
export async function removeVaultFiles(
  directory: string,
  server: string,
  user: string,
): Promise<void> {
  const path = vaultPath(directory, server, user);
  await rm(path, { force: true });
  await rm(join(dirname(path), givenFileName(user)), { force: true });
}

/** The name of a given backup, beside that of the account. */
export function givenFileName(user: string): string {
  return `${userFileName(user)}.given`;
}

/** Backups in files, for `user` at `server`. */
export function openBackupFiles(directory: string, server: string, user: string): BackupFiles {
  const given = join(dirname(vaultPath(directory, server, user)), givenFileName(user));
  return {
    open: openBackupFile,
    given: async () => {
      const file = await readBackupFile(given);
      return file !== undefined && 'blobs' in file ? file : undefined;
    },
    forgetGiven: () => rm(given, { force: true }),
  };
}

/** A copy of the backup at `path` in the data directory, before it is known for which server. */
export interface GivenCopy {
  /** It is for `user` at `server` (the key of the server). */
  keep(server: string, user: string): Promise<void>;
  remove(): Promise<void>;
}

/** Rejects with a system error if it cannot be copied. */
export async function copyGiven(directory: string, path: string): Promise<GivenCopy> {
  const copy = join(directory, 'backup', 'given.part');
  await makeFolder(dirname(copy));
  await rm(copy, { force: true });
  // Made first: a copy has the mode of what was copied otherwise.
  const file = await open(copy, 'wx', 0o600);
  try {
    await copyFile(path, copy);
    await file.chmod(0o600);
    await file.sync();
  } finally {
    await file.close();
  }
  return {
    keep: async (server, user) => {
      const given = join(dirname(vaultPath(directory, server, user)), givenFileName(user));
      await makeFolder(dirname(given));
      await rename(copy, given);
      await syncFolder(dirname(given));
    },
    remove: () => rm(copy, { force: true }),
  };
}

function vaultPath(directory: string, server: string, user: string): string {
  return join(directory, 'backup', serverFileName(server), userFileName(user));
}

// A backup in a file, as a page can make one: it gathers in memory, and is handed to the browser as a download when it is
// whole. A page cannot go on with an earlier one, so each has everything. The form is that of every backup in a file
// (client/vault/backup-form.ts): `helo recover --from` takes it.
import type { BlobFailure, Blobs } from '../../client/blobs/blobs.ts';
import type { BackupFile, BackupFiles } from '../../client/vault/backup-files.ts';
import { entryBytes, entryOf, firstLine } from '../../client/vault/backup-form.ts';
import { err, ok } from '../../lib/result.ts';
import { unshared } from './buffer.ts';
import { givenName, readBackup } from './given-backup.ts';
import { forgetThings, readThing, type AccountDatabase } from './store/database.ts';

/** A larger one would fill the memory of the page. A hundred thousand messages take a fiftieth. */
export const maxBackupBytes = 256 * 1024 * 1024;

const gone: BlobFailure = {
  kind: 'refused',
  code: 'file-gone',
  text: 'it is not there',
  room: undefined,
};

/** `save` hands a file to the browser, under a name. What a recovery was given is in the account's database. */
export function backupDownloads(
  save: (file: Blob, name: string) => void,
  database: AccountDatabase,
): BackupFiles {
  return {
    open: async (path) => openDownload(path, save),
    given: async () => {
      const given = await readThing(database, givenName);
      return given instanceof Blob ? readBackup(given) : undefined;
    },
    forgetGiven: () => forgetThings(database, [givenName]),
  };
}

function openDownload(path: string, save: (file: Blob, name: string) => void): BackupFile {
  const kept = new Map<string, Uint8Array>();
  let size = firstLine.length;
  let fault: string | undefined;
  const blobs: Blobs = {
    async put(_kind, id, bytes) {
      if (kept.has(id)) return ok(undefined);
      if (size + entryBytes + bytes.length > maxBackupBytes) {
        fault = 'it is too large for a page: make it by helo chat, or on the server by /backup on';
        return err({ kind: 'interrupted', retryMs: undefined });
      }
      kept.set(id, bytes.slice());
      size += entryBytes + bytes.length;
      return ok(undefined);
    },
    async get(id) {
      const found = kept.get(id);
      return found === undefined ? err(gone) : ok(found);
    },
    async list() {
      const all = [...kept].map(
        ([id, { length }]) => ({ id, kind: 'backup', bytes: length }) as const,
      );
      return ok({ blobs: all, room: undefined });
    },
    async drop(id) {
      size -= entryBytes + (kept.get(id)?.length ?? -entryBytes);
      kept.delete(id);
      return true;
    },
  };
  return {
    path,
    blobs,
    get fault() {
      return fault;
    },
    async finish() {
      const parts = [...kept].flatMap(([id, bytes]) => [
        entryOf(id, bytes.length),
        unshared(bytes),
      ]);
      const file = new Blob([firstLine, ...parts], { type: 'application/octet-stream' });
      save(file, path.split(/[/\\]/).at(-1) || 'helo-backup');
      kept.clear();
      return file.size;
    },
    close: async () => kept.clear(),
  };
}

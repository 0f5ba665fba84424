// A backup in a file that a person gives to a recovery: read from where they have it, and kept in the account's database
// until the history is taken out of it. It is sealed, so it lies there as it came.
import type { BlobEntry, BlobFailure, Blobs } from '../../client/blobs/blobs.ts';
import type { BackupFile } from '../../client/vault/backup-files.ts';
import { findBlobs } from '../../client/vault/backup-form.ts';
import { err, ok } from '../../lib/result.ts';
import { putThing, type AccountDatabase } from './store/database.ts';

export const givenName = 'given backup';

const gone: BlobFailure = {
  kind: 'refused',
  code: 'file-gone',
  text: 'it is not there',
  room: undefined,
};

/** The backup in a file, to be read. Undefined if it is none. Rejects where the browser cannot read it. */
export async function readBackup(file: Blob): Promise<BackupFile | undefined> {
  const read = async (at: number, length: number): Promise<Uint8Array | undefined> => {
    if (at + length > file.size) return undefined;
    return new Uint8Array(await file.slice(at, at + length).arrayBuffer());
  };
  const found = await findBlobs(file.size, read);
  if (found === undefined) return undefined;
  const { kept } = found;
  const blobs: Blobs = {
    put: async () => err({ kind: 'interrupted', retryMs: undefined }),
    async get(id) {
      const at = kept.get(id);
      const bytes = at && (await read(at.at, at.bytes));
      return bytes === undefined ? err(gone) : ok(bytes);
    },
    async list() {
      const all = [...kept].map(([id, { bytes }]): BlobEntry => ({ id, kind: 'backup', bytes }));
      return ok({ blobs: all, room: undefined });
    },
    drop: async () => false,
  };
  return {
    path: '',
    blobs,
    fault: undefined,
    finish: async () => file.size,
    close: async () => {},
  };
}

/** Keeps it for the chat. Rejects with a PrivateFileError. */
export function keepGiven(database: AccountDatabase, file: Blob): Promise<void> {
  return putThing(database, givenName, file);
}

// Transfer records in the data directory: one small file each in `transfers/<server>/<user>/`. Their names are
// direction and id, so two programs never write the same one. Knows nothing of what a record means.
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransferStore } from '../../../client/files/ports.ts';
import { decodeRecord, encodeRecord, type TransferRecord } from '../../../client/files/records.ts';
import { decodeUtf8, encodeUtf8 } from '../../../lib/bytes.ts';
import { systemCode } from '../../../lib/system-error.ts';
import { serverFileName, userFileName } from '../file-names.ts';
import { readPrivateFile, replacePrivateFile } from '../private-file.ts';

const maxFileBytes = 16 * 1024;
/** More are not read: only somebody else can have put them there. */
const maxFiles = 1024;
const form = /^(?:outgoing|incoming|settled)-[\da-f]{32}$/;

/** The transfers of the user `me` at one server, in the data directory `directory`. */
export function openTransferFiles(directory: string, serverKey: string, me: string): TransferStore {
  const folder = transferFolder(directory, serverKey, me);
  const pathOf = ({ kind, id }: Pick<TransferRecord, 'kind' | 'id'>) =>
    join(folder, `${kind}-${id}`);
  return {
    async load() {
      const names = (await namesIn(folder)).filter((name) => form.test(name));
      const records: TransferRecord[] = [];
      for (const name of names.slice(0, maxFiles)) {
        const bytes = await readPrivateFile(join(folder, name), maxFileBytes).catch(
          () => undefined,
        );
        const record = bytes === undefined ? undefined : decodeRecord(decodeUtf8(bytes) ?? '');
        // A damaged one is ignored: the file is offered or asked for again.
        if (record !== undefined && name === `${record.kind}-${record.id}`) records.push(record);
      }
      return records;
    },
    put: (record) => replacePrivateFile(pathOf(record), encodeUtf8(encodeRecord(record))),
    async remove(record) {
      try {
        await unlink(pathOf(record));
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
      }
    },
  };
}

/** The folder for the transfers of the user `me` at one server. */
export function transferFolder(directory: string, serverKey: string, me: string): string {
  return join(directory, 'transfers', serverFileName(serverKey), userFileName(me));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

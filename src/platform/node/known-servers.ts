// The certificates of servers that were met before: one small file a server in `servers/` of the data directory.
// One file each, so that two programs on the same directory never overwrite each other's.
import { join } from 'node:path';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import type { KnownServers } from '../../client/ports.ts';
import { formatFingerprint, parseFingerprint } from '../../client/server-address.ts';
import { serverFileName } from './file-names.ts';
import { damaged, readPrivateFile, replacePrivateFile } from './private-file.ts';

const maxFileBytes = 256;
const form = /^helo server 1 ([\w-]{43})\n$/;

/** The known servers of the data directory `directory`. */
export function openKnownServers(directory: string): KnownServers {
  const pathOf = (serverKey: string) => join(directory, 'servers', serverFileName(serverKey));
  return {
    async fingerprintOf(serverKey) {
      const path = pathOf(serverKey);
      const bytes = await readPrivateFile(path, maxFileBytes);
      if (bytes === undefined) return undefined;
      const [, text] = form.exec(decodeUtf8(bytes) ?? '') ?? [];
      const fingerprint = text === undefined ? undefined : parseFingerprint(text);
      if (fingerprint === undefined) {
        throw damaged(path, 'delete it, and the server counts as one that was never met');
      }
      return fingerprint;
    },
    async remember(serverKey, fingerprint) {
      const line = `helo server 1 ${formatFingerprint(fingerprint)}\n`;
      await replacePrivateFile(pathOf(serverKey), encodeUtf8(line));
    },
  };
}

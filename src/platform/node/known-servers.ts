// The certificates and identities of servers that were met before: small files in `servers/` of the data directory.
// One file each, so that two programs on the same directory never overwrite each other's.
import { join } from 'node:path';
import type { KnownServers } from '../../client/ports.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { serverFileName } from './file-names.ts';
import { damaged, readPrivateFile, replacePrivateFile } from './private-file.ts';

const maxFileBytes = 256;
const keyBytes = 32;
const certificateForm = /^helo server 1 ([\w-]{43})\n$/;
const identityForm = /^helo identity 1 ([\w-]{43})\n$/;

/** The file in the data directory that holds a server's identity, for the advice to delete it. */
export function identityFile(serverKey: string): string {
  return join('servers', `${serverFileName(serverKey)}.identity`);
}

/** The known servers of the data directory `directory`. */
export function openKnownServers(directory: string): KnownServers {
  const certificatePath = (serverKey: string) =>
    join(directory, 'servers', serverFileName(serverKey));
  const identityPath = (serverKey: string) => join(directory, identityFile(serverKey));
  return {
    fingerprintOf: (serverKey) => readKey(certificatePath(serverKey), certificateForm),
    async remember(serverKey, fingerprint) {
      const line = `helo server 1 ${encodeBase64url(fingerprint)}\n`;
      await replacePrivateFile(certificatePath(serverKey), encodeUtf8(line));
    },
    identityOf: (serverKey) => readKey(identityPath(serverKey), identityForm),
    async rememberIdentity(serverKey, identity) {
      const line = `helo identity 1 ${encodeBase64url(identity)}\n`;
      await replacePrivateFile(identityPath(serverKey), encodeUtf8(line));
    },
  };
}

async function readKey(path: string, form: RegExp): Promise<Uint8Array | undefined> {
  const bytes = await readPrivateFile(path, maxFileBytes);
  if (bytes === undefined) return undefined;
  const [, text = ''] = form.exec(decodeUtf8(bytes) ?? '') ?? [];
  const key = decodeBase64url(text);
  if (key?.length !== keyBytes) {
    throw damaged(path, 'delete it, and the server counts as one that was never met');
  }
  return key;
}

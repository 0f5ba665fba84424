// The certificates and identities of known servers: small files in `servers/` of the data directory. There is one file
// for each, so that two programs on the same directory never overwrite each other's. For each server, it also has the
// names that logged in there, and how. For certificates of any address, `certificates/` has their key and the identity
// that was proven under them.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KnownCertificate, KnownServers } from '../../client/ports.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { decodeUtf8, encodeUtf8, equalBytes } from '../../lib/bytes.ts';
import { systemReason } from '../../lib/system-error.ts';
import { serverFileName, userFileName, userOfFileName } from './file-names.ts';
import { forgetOldest } from './forget-oldest.ts';
import { PrivateFileError } from '../../client/store/private-file-error.ts';
import { damaged, fileTime, readPrivateFile, replacePrivateFile } from './private-file.ts';

/** The most certificates that are remembered. Beyond that, the oldest are deleted first. */
const maxCertificates = 500;
const maxFileBytes = 256;
const keyBytes = 32;
const certificateForm = /^helo server 1 ([\w-]{43})\n$/;
const identityForm = /^helo identity 1 ([\w-]{43})\n$/;
const seenForm = /^helo certificate 1 ([\w-]{43}|\?) ([\w-]{43}|\?)\n$/;
const nameForm = /^helo name 1 (account|guest)\n$/;

/** The file in the data directory that holds a server's identity. */
export function identityFile(serverKey: string): string {
  return join('servers', `${serverFileName(serverKey)}.identity`);
}

/** The addresses at which `identity` was proven, as server keys. */
export async function addressesOf(directory: string, identity: Uint8Array): Promise<string[]> {
  const folder = join(directory, 'servers');
  const ends = '.identity';
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ends));
  const addresses: string[] = [];
  for (const name of files) {
    const known = await readKey(join(folder, name), identityForm).catch(() => undefined);
    if (known !== undefined && equalBytes(known, identity))
      addresses.push(name.slice(0, -ends.length));
  }
  return addresses;
}

/** The known servers of the data directory `directory`. */
export function openKnownServers(directory: string): KnownServers {
  const certificatePath = (serverKey: string) =>
    join(directory, 'servers', serverFileName(serverKey));
  const identityPath = (serverKey: string) => join(directory, identityFile(serverKey));
  const seenFolder = join(directory, 'certificates');
  const seenPath = (fingerprint: Uint8Array) => join(seenFolder, encodeBase64url(fingerprint));
  const namePath = (serverKey: string, user: string) =>
    join(directory, 'servers', `${serverFileName(serverKey)}.names`, userFileName(user));
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
    certificate: (fingerprint) => readSeen(seenPath(fingerprint)),
    async rememberCertificate(fingerprint, { key, identity }) {
      const words = [key, identity].map((part) =>
        part === undefined ? '?' : encodeBase64url(part),
      );
      const line = `helo certificate 1 ${words.join(' ')}\n`;
      await replacePrivateFile(seenPath(fingerprint), encodeUtf8(line));
      await forgetOldest(seenFolder, maxCertificates);
    },
    async cameAs(serverKey, user) {
      const path = namePath(serverKey, user);
      const bytes = await readPrivateFile(path, maxFileBytes);
      if (bytes === undefined) return undefined;
      const [, as] = nameForm.exec(decodeUtf8(bytes) ?? '') ?? [];
      if (as === 'account' || as === 'guest') return as;
      throw damaged(path, `delete it, and ${user} counts as never having come in there`);
    },
    async rememberCame(serverKey, user, as) {
      await replacePrivateFile(namePath(serverKey, user), encodeUtf8(`helo name 1 ${as}\n`));
    },
  };
}

/** The names that logged in to a server, from the data directory `directory`. */
export async function namesAt(directory: string, serverKey: string): Promise<readonly string[]> {
  const folder = join(directory, 'servers', `${serverFileName(serverKey)}.names`);
  // No folder, no names.
  const files = await readdir(folder).catch(() => []);
  return files.flatMap((file) => userOfFileName(file) ?? []).sort();
}

/**
 * Removes what is known of a server, except what was proven under its certificates. Returns whether there was anything.
 */
export async function forgetServer(directory: string, serverKey: string): Promise<boolean> {
  const name = serverFileName(serverKey);
  const paths = ['', '.identity', '.names'].map((end) => join(directory, 'servers', name + end));
  const found = await Promise.all(paths.map((path) => fileTime(path)));
  try {
    for (const path of paths) await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw new PrivateFileError(`${name} cannot be forgotten: ${systemReason(error)}`);
  }
  return found.some((time) => time !== undefined);
}

async function readSeen(path: string): Promise<KnownCertificate | undefined> {
  const bytes = await readPrivateFile(path, maxFileBytes);
  if (bytes === undefined) return undefined;
  const found = seenForm.exec(decodeUtf8(bytes) ?? '');
  if (found === null) throw damaged(path, 'delete it, and the certificate counts as never seen');
  const [, key = '', identity = ''] = found;
  return { key: partOf(key), identity: partOf(identity) };
}

function partOf(word: string): Uint8Array | undefined {
  const bytes = decodeBase64url(word);
  return bytes?.length === keyBytes ? bytes : undefined;
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

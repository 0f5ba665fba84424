// The server's identity: an Ed25519 key by which clients know it, and to which logins are bound, so that a recorded
// login is worthless at another server. Stored as `identity.key` (PEM) in the data directory, for its owner only.
// Created once, because clients take a server with a new key for another server.

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { link, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';
import { inputProblem, systemProblem, type SetupProblem } from '../config/problem.ts';
import type { Logger } from '../log.ts';
import { rawPublicKey } from './ed25519.ts';

export const identityFile = 'identity.key';

const backupHint =
  'Put it back from a backup. Without that file a new one is made, and clients will be warned.';

export interface ServerIdentity {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

/** A new identity that is not stored. */
export function createIdentity(): ServerIdentity {
  return identityOf(generateKeyPairSync('ed25519').privateKey);
}

function identityOf(key: KeyObject): ServerIdentity {
  return {
    publicKey: rawPublicKey(createPublicKey(key)),
    sign: (bytes) => new Uint8Array(sign(null, bytes, key)),
  };
}

/** The identity in the data directory: read if it exists, otherwise made. */
export async function ownIdentity(
  dataDirectory: string,
  log: Logger,
): Promise<Result<ServerIdentity, SetupProblem>> {
  const path = join(dataDirectory, identityFile);
  try {
    const pem = (await read(path)) ?? (await make(path, log));
    const { mode } = await stat(path);
    // Windows has no such bits and reports all of them as set.
    const isOpen = process.platform !== 'win32' && (mode & 0o077) !== 0;
    if (isOpen) log.warn({ file: path }, "others can read the server's identity key");
    return identityFromPem(path, pem);
  } catch (error) {
    const message = `the identity key ${path} cannot be made or read: ${systemReason(error)}`;
    return err(systemProblem(message, backupHint));
  }
}

function identityFromPem(path: string, pem: string): Result<ServerIdentity, SetupProblem> {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The error may quote the text of a private key, so it is not repeated.
    return err(inputProblem(`the identity key ${path} is not a key in PEM`, backupHint));
  }
  if (key.asymmetricKeyType === 'ed25519') return ok(identityOf(key));
  return err(inputProblem(`the identity key ${path} is not an Ed25519 key`, backupHint));
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The file is complete or absent. If two servers start at once, one makes it and the other reads it. */
async function make(path: string, log: Logger): Promise<string> {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(pem);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
    log.info({ file: path }, 'an identity key was made');
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
  return await readFile(path, 'utf8');
}

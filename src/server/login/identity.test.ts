import assert from 'node:assert/strict';
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { silentLogger } from '../log.ts';
import { isSignedBy } from './ed25519.ts';
import { identityFile, ownIdentity, type ServerIdentity } from './identity.ts';

const text = new TextEncoder().encode('something to sign');

async function identityIn(folder: string): Promise<ServerIdentity> {
  const identity = await ownIdentity(folder, silentLogger);
  assert.ok(identity.ok);
  return identity.value;
}

test('it is made once, for its owner only, and is the same from then on', async (t) => {
  const folder = await temporaryFolder(t);
  const made = await identityIn(folder);
  assert.equal((await stat(join(folder, identityFile))).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(folder), [identityFile]);
  const read = await identityIn(folder);
  assert.deepEqual(read.publicKey, made.publicKey);
  assert.equal(made.publicKey.length, 32);
  assert.ok(isSignedBy(made.publicKey, text, read.sign(text)));
  assert.ok(!isSignedBy(made.publicKey, text.subarray(1), read.sign(text)));
});

test('of many that start at once one makes it, and all have the same', async (t) => {
  const folder = await temporaryFolder(t);
  const all = await Promise.all(Array.from({ length: 8 }, () => identityIn(folder)));
  for (const { publicKey } of all) assert.deepEqual(publicKey, all[0]?.publicKey);
  assert.deepEqual(await readdir(folder), [identityFile]);
});

test('one that others can read is told, what is no such key is a problem that quotes nothing', async (t) => {
  const folder = await temporaryFolder(t);
  await identityIn(folder);
  const path = join(folder, identityFile);
  await chmod(path, 0o644);
  const warnings: string[] = [];
  await ownIdentity(folder, { ...silentLogger, warn: (_, message) => warnings.push(message) });
  assert.deepEqual(warnings, ["others can read the server's identity key"]);
  await writeFile(path, 'my secret');
  const broken = await ownIdentity(folder, silentLogger);
  assert.ok(!broken.ok);
  assert.equal(broken.error.message, `the identity key ${path} is not a key in PEM`);
});

test('what is no point of the curve has signed nothing', () => {
  const zeros = new Uint8Array(64);
  assert.equal(isSignedBy(new Uint8Array(32).fill(0xff), text, zeros), false);
  assert.equal(isSignedBy(new Uint8Array(31), text, zeros), false);
});

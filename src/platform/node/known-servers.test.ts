import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { identityFile, openKnownServers } from './known-servers.ts';

const print = (first: number) => Uint8Array.from({ length: 32 }, (_, at) => first + at);

test('servers are remembered over restarts, each in a file of its own', async (t) => {
  const directory = await temporaryFolder(t);
  const servers = openKnownServers(directory);
  assert.equal(await servers.fingerprintOf('tls-h:1'), undefined);
  await servers.remember('tls-h:1', print(1));
  await openKnownServers(directory).remember('tls-[::1]:1', print(2));
  await servers.remember('tls-h:1', print(3));
  const again = openKnownServers(directory);
  assert.deepEqual(await again.fingerprintOf('tls-h:1'), print(3));
  assert.deepEqual(await again.fingerprintOf('tls-[::1]:1'), print(2));
  assert.equal((await readdir(join(directory, 'servers'))).length, 2);
});

test('a damaged file is told and not taken for an unknown server', async (t) => {
  const directory = await temporaryFolder(t);
  const servers = openKnownServers(directory);
  await servers.remember('tls-h:1', print(1));
  const [file = ''] = await readdir(join(directory, 'servers'));
  const path = join(directory, 'servers', file);
  const good = `helo server 1 ${Buffer.from(print(1)).toString('base64url')}\n`;
  for (let length = 0; length < good.length; length++) {
    await writeFile(path, good.slice(0, length));
    await assert.rejects(servers.fingerprintOf('tls-h:1'), /damaged: delete it/);
  }
  await writeFile(path, `${good}x`);
  await assert.rejects(servers.fingerprintOf('tls-h:1'), /damaged/);
});

test('as what a name came in, and what is known of a certificate, is kept', async (t) => {
  const directory = await temporaryFolder(t);
  const servers = openKnownServers(directory);
  assert.equal(await servers.cameAs('tls-h:1', 'bob'), undefined);
  await servers.rememberCame('tls-h:1', 'bob', 'guest');
  await servers.rememberCame('tls-h:1', 'Bob', 'account');
  await servers.rememberCertificate(print(1), { key: print(2), identity: undefined });
  await servers.rememberCertificate(print(2), { key: undefined, identity: print(3) });
  const again = openKnownServers(directory);
  assert.equal(await again.cameAs('tls-h:1', 'bob'), 'guest');
  assert.equal(await again.cameAs('tls-h:1', 'Bob'), 'account');
  assert.equal(await again.cameAs('tls-h:2', 'bob'), undefined);
  assert.deepEqual(await again.certificate(print(1)), { key: print(2), identity: undefined });
  assert.deepEqual(await again.certificate(print(2)), { key: undefined, identity: print(3) });
  assert.equal(await again.certificate(print(3)), undefined);
  await writeFile(join(directory, 'servers', 'tls-h_1.names', 'user-bob'), 'helo name 1 x\n');
  await assert.rejects(again.cameAs('tls-h:1', 'bob'), /damaged: delete it/);
});

test('the identity of a server is kept beside its certificate', async (t) => {
  const directory = await temporaryFolder(t);
  const servers = openKnownServers(directory);
  await servers.remember('tls-h:1', print(1));
  assert.equal(await servers.identityOf('tls-h:1'), undefined);
  await servers.rememberIdentity('tls-h:1', print(2));
  const again = openKnownServers(directory);
  assert.deepEqual(await again.identityOf('tls-h:1'), print(2));
  assert.deepEqual(await again.fingerprintOf('tls-h:1'), print(1));
  await writeFile(join(directory, identityFile('tls-h:1')), 'helo identity 1 x\n');
  await assert.rejects(again.identityOf('tls-h:1'), /damaged: delete it/);
});

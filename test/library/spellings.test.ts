// A server is one server, however its address is spelled: one store, one history, one set of pins on the device.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from '../../src/library/connect.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('127.0.0.1, localhost and tls://127.0.0.1 lead to one store, from the first time on', async (t) => {
  const server = await startServerProgram(t, {
    args: [
      '--data',
      await temporaryFolder(t),
      '--registration',
      'open',
      '--tls-port',
      '0',
      '--tls-host',
      '127.0.0.1',
    ],
  });
  const { plain, tls } = server;
  const data = await temporaryFolder(t);
  const peer = await connect({
    server: `127.0.0.1:${plain.port}`,
    name: 'bob',
    data: await temporaryFolder(t),
  });
  const spellings = [
    `127.0.0.1:${plain.port}`,
    `localhost:${plain.port}`,
    `tls://127.0.0.1:${tls.port}`,
    `127.0.0.1:${plain.port}`,
  ];
  const said: string[] = [];
  for (const [index, spelling] of spellings.entries()) {
    const alice = await connect({ server: spelling, name: 'alice', data });
    const text = `said ${index}`;
    await alice.say('@bob', text).stored;
    said.push(text);
    const kept = await alice.history('@bob', { limit: 99 });
    assert.deepEqual(
      kept.map((message) => message.text),
      said,
      spelling,
    );
    await alice.close();
  }
  await peer.close();
  const folders = await readdir(join(data, 'accounts'));
  const stores = await Promise.all(
    folders.map(async (name) => await readdir(join(data, 'accounts', name))),
  );
  assert.equal(stores.flat().filter((name) => name.endsWith('.db')).length, 1);
});

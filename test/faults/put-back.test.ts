// A client's data directory is put back from an older copy, as after a restore of a whole machine: the real programs
// over real sockets notice it, go on with fresh keys, and say nothing twice.
import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('killed, an older copy put back, started again: it is told, both write, nothing comes twice', async (t) => {
  const server = await startServerProgram(t, { args: ['--data', await temporaryFolder(t)] });
  const { plain } = server;
  const folder = await temporaryFolder(t);
  const [data, copy] = [join(folder, 'data'), join(folder, 'copy')];
  const bob = await startChat(t, {
    server: plain,
    name: 'bob',
    args: ['--v1-output', '--data', await temporaryFolder(t)],
  });
  bob.type('here is bob');
  const startAlice = () => startChat(t, { server: plain, name: 'alice', args: ['--data', data] });

  const first = await startAlice();
  first.type('@bob one');
  await bob.prints('[alice] one');
  bob.type('@alice two');
  await first.prints('[bob] two');
  await first.kill();
  await cp(data, copy, { recursive: true });

  const lost = await startAlice();
  lost.type('@bob three');
  await bob.prints('[alice] three');
  bob.type('@alice four');
  await lost.prints('[bob] four');
  lost.type('to all');
  await bob.prints('[alice] to all');
  await lost.kill();
  await rm(data, { recursive: true });
  await cp(copy, data, { recursive: true });

  const back = await startAlice();
  await back.tells(/an older copy of this data directory was put back/);
  back.type('@bob five');
  await bob.prints('[alice] five');
  bob.type('@alice six');
  await back.prints('[bob] six');
  assert.equal((await back.eof()).code, 0);

  // It is an ordinary directory again.
  const next = await startAlice();
  next.type('@bob seven');
  await bob.prints('[alice] seven');
  const { stderr } = await next.eof();
  assert.doesNotMatch(stderr, /older copy/);
  const { stdout } = await bob.eof();
  const heard = [...stdout.matchAll(/^\[alice\] (.*)$/gm)].map(([, text]) => text);
  assert.deepEqual(heard, ['one', 'three', 'to all', 'five', 'seven']);
});

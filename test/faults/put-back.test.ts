// A client's data directory is replaced by an older copy, as after a restore of a whole machine: the real programs over
// real sockets notice it, continue with new keys, and send nothing twice.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { startServerProgram } from '../support/program.ts';
import { copyData, temporaryFolder } from '../support/temporary.ts';

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
  await first.prints('[bob] here is bob');
  first.type('@bob one');
  await bob.prints('[alice] one');
  bob.type('@alice two');
  await first.prints('[bob] two');
  await first.kill();
  await copyData(data, copy);

  const lost = await startAlice();
  lost.type('@bob three');
  await bob.prints('[alice] three');
  bob.type('@alice four');
  await lost.prints('[bob] four');
  lost.type('to all');
  await bob.prints('[alice] to all');
  await lost.kill();
  await rm(data, { recursive: true });
  await copyData(copy, data);

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

test("an older copy of a server's data directory put back by hand: who comes when as much was said again hears all of it", async (t) => {
  const folder = await temporaryFolder(t);
  const [data, copy] = [join(folder, 'data'), join(folder, 'copy')];
  const start = () => startServerProgram(t, { args: ['--data', data] });
  const homes = new Map<string, string>();
  const enter = async (server: Awaited<ReturnType<typeof start>>, name: string) => {
    const home = homes.get(name) ?? (await temporaryFolder(t));
    homes.set(name, home);
    return startChat(t, {
      server: server.plain,
      name,
      args: ['--v1-output', '--data', home],
    });
  };

  const first = await start();
  const [alice, bob] = [await enter(first, 'alice'), await enter(first, 'bob')];
  bob.type('here is bob');
  await alice.prints('[bob] here is bob');
  alice.type('@bob one');
  await bob.prints('[alice] one');
  await alice.eof();
  await bob.eof();
  await first.stop();
  await copyData(data, copy);

  const lost = await start();
  const [sender, receiver] = [await enter(lost, 'alice'), await enter(lost, 'bob')];
  for (const line of ['lost', '@bob lost, private', '@bob lost as well']) sender.type(line);
  for (const text of ['lost', 'lost, private', 'lost as well']) {
    await receiver.prints(`[alice] ${text}`);
  }
  await sender.eof();
  await receiver.eof();
  await lost.stop();
  await rm(data, { recursive: true });
  await copyData(copy, data);

  const back = await start();
  const again = await enter(back, 'alice');
  await again.tells(/the server was put back to an earlier state/);
  for (const line of ['new', 'newer', '@bob new, private', '@bob new as well']) again.type(line);
  const { code, stderr } = await again.eof();
  assert.equal(code, 0, stderr);
  const late = await enter(back, 'bob');
  for (const text of ['new', 'newer', 'new, private', 'new as well']) {
    await late.prints(`[alice] ${text}`);
  }
  await late.tells(/the server was put back to an earlier state/);
  const { stdout } = await late.eof();
  assert.doesNotMatch(stdout, /lost/, 'nothing is told twice');
});

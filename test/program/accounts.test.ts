// Accounts as people use them: `helo chat` and the real server, as processes.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import { runProgram, startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Waits until the login is done. */
async function isIn(chat: ChatProgram): Promise<void> {
  chat.type('*all');
  await chat.shows('stdout', /^\[.*\]$/m);
}

test('what was said while somebody was away is there when they come back: lobby, groups, private, once', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const args = ['--data', await temporaryFolder(t)];
  const alice = await startChat(t, { server, name: 'alice' });
  await isIn(alice);
  const bob = await startChat(t, { server, name: 'bob', args });
  await isIn(bob);
  alice.type('/create_group g --open');
  await alice.prints('group "g" has been created!');
  bob.type('/join g');
  await bob.prints('you have successfully entered group "g"');
  bob.type('@alice hello');
  await alice.prints('[bob] hello');
  assert.equal((await bob.eof()).code, 0);

  alice.type('to all');
  alice.type('@@g to the group');
  await alice.prints('[alice] to the group');
  alice.type('@bob to bob alone');
  const left = await alice.eof();
  assert.deepEqual([left.code, left.stderr.includes('not sent')], [0, false]);

  const back = await startChat(t, { server, name: 'bob', args });
  await back.prints('[alice] to all');
  await back.prints('[alice] to the group');
  await back.prints('[alice] to bob alone');
  await back.eof();
  const again = await startChat(t, { server, name: 'bob', args });
  await isIn(again);
  const { stdout } = await again.eof();
  assert.doesNotMatch(stdout, /alice\] to/, 'what was seen is not shown again');
  const asked = await startChat(t, { server, name: 'bob', args: [...args, '--history', '2'] });
  await asked.prints('[alice] to bob alone');
});

test('a second program of the same account hears and says what everybody can read, and is told so', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const args = ['--data', await temporaryFolder(t)];
  const alice = await startChat(t, { server, name: 'alice' });
  await isIn(alice);
  const first = await startChat(t, { server, name: 'bob', args });
  await isIn(first);
  const second = await startChat(t, { server, name: 'bob', args });
  await second.tells(/another program is in with this name.* helo link --data FOLDER/);
  second.type('from the second');
  await alice.prints('[bob] from the second');
  await first.prints('[bob] from the second');
  alice.type('@bob for the first only');
  await first.prints('[alice] for the first only');
  alice.type('for both');
  await first.prints('[alice] for both');
  await second.prints('[alice] for both');
  second.type('@alice no');
  await second.tells(
    /nothing was sent\. Private messages and files of this account are for the program/,
  );
  const { stdout } = await second.eof();
  assert.doesNotMatch(stdout, /for the first only/);
});

test('guests and accounts talk to each other; a name with an account is nobody else’s', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const alice = await startChat(t, { server, name: 'alice' });
  await isIn(alice);
  const guest = await startChat(t, { server, name: 'dora', args: ['--guest'] });
  await isIn(guest);
  guest.type('hello from a guest');
  await alice.prints('[dora] hello from a guest');
  alice.type('@dora hello guest');
  await guest.prints('[alice] hello guest');
  guest.type('@alice hello account');
  await alice.prints('[dora] hello account');
  const impostor = await (await startChat(t, { server, name: 'ALICE', args: ['--guest'] })).end();
  assert.equal(impostor.code, 1);
  const other = await (await startChat(t, { server, name: 'alice' })).end();
  assert.equal(other.code, 1);
  assert.match(other.stderr, /another device/);
});

test('the data directory of the server holds nothing of private messages that could be read', async (t) => {
  const data = await temporaryFolder(t);
  const server = await startServerProgram(t, { args: ['--data', data] });
  const alice = await startChat(t, { server: server.plain, name: 'alice' });
  await isIn(alice);
  const args = ['--data', await temporaryFolder(t)];
  const bob = await startChat(t, { server: server.plain, name: 'bob', args });
  await isIn(bob);
  bob.type('@alice hello');
  await alice.prints('[bob] hello');
  await bob.eof();
  const secret = 'the-safe-opens-with-4711';
  alice.type(`@bob ${secret}`);
  alice.type('a word for all: rhubarb');
  assert.equal((await alice.eof()).code, 0);
  await server.stop();
  let everything = '';
  for (const file of await readdir(data, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) everything += await readFile(join(file.parentPath, file.name), 'latin1');
  }
  assert.ok(everything.includes('rhubarb'), 'what everybody may read is there');
  for (const part of [secret, 'safe-opens', Buffer.from(secret).toString('base64url')]) {
    assert.ok(!everything.includes(part), `${part} is on the server's disk`);
  }
});

test('over TLS newcomers come in with the code that the operator gives them, once', async (t) => {
  const data = await temporaryFolder(t);
  const server = await startServerProgram(t, {
    args: ['--tls-port', '0', '--guests', 'on', '--data', data],
  });
  const address = `tls://127.0.0.1:${server.tls.port}`;
  const guest = await startChat(t, { server: address, name: 'bob' });
  await isIn(guest);
  assert.match((await guest.eof()).stderr, /a new one needs an invite code/);

  const { stdout } = await runProgram(t, { args: ['admin', 'invite', '--data', data] });
  const [code = ''] = /\b[\w-]{20,64}\b/.exec(stdout) ?? [];
  const args = ['--data', await temporaryFolder(t)];
  const env = { HELO_INVITE: code };
  const bob = await startChat(t, { server: address, name: 'bob', args, env });
  await isIn(bob);
  assert.doesNotMatch((await bob.eof()).stderr, /guest/);
  // From now on the device's key is enough.
  const again = await startChat(t, { server: address, name: 'bob', args });
  await isIn(again);
  const used = await (await startChat(t, { server: address, name: 'eve', env })).end();
  assert.equal(used.code, 1);
  assert.match(used.stderr, /that one-time code is not valid.*Ask whoever runs the server/);
});

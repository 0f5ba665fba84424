// A lobby that is sealed [13.9], between programs at the real server: accounts enter it by themselves, guests do not, and
// the server has nothing of what is said there.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Chat } from '../../src/client/chat/chat.ts';
import { connect } from '../../src/library/connect.ts';
import { runProgram, startServerProgram } from '../support/program.ts';
import { connectLines } from '../support/line-client.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

async function comes(t: TestContext, server: string, name: string, data?: string): Promise<Chat> {
  const chat = await connect({ server, name, data: data ?? (await temporaryFolder(t)) });
  t.after(() => chat.close());
  return chat;
}

/** Resolves with how `text` came in the lobby: whether it was encrypted. */
async function hears(chat: Chat, text: string): Promise<boolean | undefined> {
  const got: string[] = [];
  const read = async () => {
    for await (const message of chat.messages()) {
      got.push(`${message.place} ${message.from}: ${message.text}`);
      if (message.place === 'lobby' && message.text === text) return message.encrypted;
    }
    return undefined;
  };
  return withinLimit(read(), `"${text}"`, () => got.join(' | '));
}

test('[13.9] accounts talk in a sealed lobby without doing anything for it, and guests are told that it is not for them', async (t) => {
  const data = await temporaryFolder(t);
  const { plain } = await startServerProgram(t, { args: ['--data', data, '--lobby', 'sealed'] });
  const server = `${plain.host}:${plain.port}`;
  const alice = await comes(t, server, 'alice');
  await alice.say('lobby', 'first words, a wombat').stored;
  const bob = await comes(t, server, 'bob');
  await bob.say('lobby', 'bob with a wombat').stored;
  assert.equal(await hears(alice, 'bob with a wombat'), true);
  await alice.say('lobby', 'hello bob, said the wombat').stored;
  assert.equal(await hears(bob, 'hello bob, said the wombat'), true);
  const eve = await connectLines(t, plain);
  eve.send('HELO eve');
  await eve.next();
  await eve.next();
  eve.send('BCST may I');
  await eve.expect(
    '-SOFT_ERR the lobby of this server is sealed: it is for accounts, with a program that can encrypt for groups',
  );
  eve.send('CREATE_GROUP /create_group tea');
  await eve.expect('+SUCCESS group "tea" has been created!');
  for (const file of await readdir(data, { recursive: true })) {
    const bytes = await readFile(join(data, file)).catch(() => Buffer.alloc(0));
    assert.equal(bytes.includes('wombat'), false, file);
  }
});

test('[13.9] an open lobby is sealed with the next start of the server, with its history, and never opened again', async (t) => {
  const data = await temporaryFolder(t);
  const ofAlice = await temporaryFolder(t);
  const first = await startServerProgram(t, { args: ['--data', data] });
  const port = ['--port', String(first.plain.port)];
  const server = `${first.plain.host}:${first.plain.port}`;
  const alice = await comes(t, server, 'alice', ofAlice);
  await alice.say('lobby', 'in the open').stored;
  await alice.close();
  await first.kill();
  const second = await startServerProgram(t, {
    args: ['--data', data, ...port, '--lobby', 'sealed'],
  });
  const again = await comes(t, server, 'alice', ofAlice);
  await again.say('lobby', 'sealed').stored;
  const bob = await comes(t, server, 'bob');
  await bob.say('lobby', 'me too').stored;
  assert.equal(await hears(again, 'me too'), true);
  const history = async (chat: Chat) =>
    (await chat.history('lobby')).map((one) => [one.text, one.encrypted]);
  assert.deepEqual(await history(again), [
    ['in the open', false],
    ['sealed', true],
    ['me too', true],
  ]);
  assert.deepEqual(await history(bob), [
    ['in the open', false],
    ['me too', true],
  ]);
  await again.close();
  await bob.close();
  await second.kill();
  const args = ['serve', '--data', data, ...port, '--tls-port', 'off'];
  const { code, stderr } = await runProgram(t, { args });
  assert.equal(code, 1);
  assert.match(stderr, /the lobby of this server is sealed.* --lobby sealed/);
});

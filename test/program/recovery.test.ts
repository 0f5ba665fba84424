// Recovery as people do it: /recovery while there is a device, `helo recover` when there is none, with the real server.
import assert from 'node:assert/strict';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import { startLossyProxy } from '../support/servers/lossy-proxy.ts';
import { startProgram, startServerProgram, type Ended, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

const shown = /twelve words down on paper, in their order: ((?:[a-z]+ ){11}[a-z]+)\./;

const otherShown = new RegExp(
  `${shown.source} They are shown this once and stored nowhere\\. They hold`,
);

interface Recovered extends Ended {
  readonly keys: readonly string[];
}

/** Runs `helo recover` with these words on its standard input. */
async function recover(
  t: TestContext,
  server: Listener,
  data: string,
  words: string,
  args: readonly string[] = [],
): Promise<Recovered> {
  const program = await startProgram(t, {
    args: ['recover', '--server', `${server.host}:${server.port}`, '--data', data, ...args],
  });
  program.process.stdin.end(words);
  const ended = await withinLimit(program.ended, 'the end of helo recover', () => program.stderr());
  const keys = await readdir(join(data, 'devices')).catch(() => []);
  return { ...ended, keys };
}

async function isIn(chat: ChatProgram): Promise<void> {
  chat.type('*all');
  await chat.shows('stdout', /^\[.*\]$/m);
}

async function wordsOf(chat: ChatProgram): Promise<string> {
  chat.type('/recovery');
  return (await chat.shows('stderr', shown))[1] ?? '';
}

const name = ['--name', 'alice'];

test('whoever has lost every device comes back with the words, and others are told of the new one', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const bob = await startChat(t, { server, name: 'bob' });
  await isIn(bob);
  const gone = await temporaryFolder(t);
  const old = await startChat(t, { server, name: 'alice', args: ['--data', gone] });
  await isIn(old);
  bob.type('@alice hello');
  await old.prints('[bob] hello');
  const words = await wordsOf(old);
  old.type('/recovery');
  await old.tells(/has recovery words since \d{4}-\d\d-\d\d/);
  await old.eof();
  await rm(gone, { recursive: true });

  const data = await temporaryFolder(t);
  // As people type: with numbers, in capitals, in several lines.
  const typed = words.split(' ').map((word, at) => `${at + 1}. ${word.toUpperCase()}\n`);
  const { code, stdout, stderr, keys } = await recover(t, server, data, typed.join(''), name);
  assert.deepEqual([code, stdout, stderr.includes('helo chat --name alice')], [0, '', true]);
  const [key = ''] = keys;
  assert.equal((await stat(join(data, 'devices', key))).mode & 0o777, 0o600);

  const chat = await startChat(t, { server, name: 'alice', args: ['--data', data] });
  await isIn(chat);
  chat.type('@bob it is me');
  await bob.prints('[alice] it is me');
  await bob.tells(/alice has a new terminal, added by their recovery words/);
  const again = await recover(t, server, data, words, name);
  assert.deepEqual([again.code, again.keys], [1, [key]]);
  assert.match(again.stderr, /a key for the name alice already/);
});

test('with --revoke-others the words put out every other device', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const old = await startChat(t, { server, name: 'alice' });
  await isIn(old);
  const words = await wordsOf(old);
  const data = await temporaryFolder(t);
  const done = await recover(t, server, data, words, [...name, '--revoke-others']);
  assert.equal(done.code, 0, done.stderr);
  const { code, stderr } = await old.end();
  assert.deepEqual([code !== 0, /revoked/.test(stderr)], [true, true], stderr);
  const chat = await startChat(t, { server, name: 'alice', args: ['--data', data] });
  await isIn(chat);
});

test('/recovery new puts other words in the place of those that are typed, and none of them gets anywhere else', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const kept = await temporaryFolder(t);
  const bob = await startChat(t, { server, name: 'bob' });
  await isIn(bob);
  const old = await startChat(t, { server, name: 'alice', args: ['--data', kept] });
  await isIn(old);
  const first = await wordsOf(old);
  old.type('/recovery new');
  await old.tells(/type the twelve recovery words that your account has now/);
  // In several lines, as `helo recover` takes them: none becomes a message.
  for (const word of `${'abandon '.repeat(11)}about`.split(' ')) old.type(word);
  await old.tells(/these are not the recovery words that your account has now/);
  old.type('/recovery new');
  for (const word of first.split(' ')) old.type(word);
  const [, second = ''] = await old.shows('stderr', otherShown);
  await old.tells(/the new words hold from now on/);
  old.type('that is all');
  await bob.prints('[alice] that is all');
  assert.doesNotMatch(bob.stdout(), /abandon/);
  await old.eof();
  const data = await temporaryFolder(t);
  const ended = await recover(t, server, data, first, name);
  assert.deepEqual([ended.code, ended.keys], [1, []], ended.stderr);
  const back = await recover(t, server, data, second, name);
  assert.equal(back.code, 0, back.stderr);
});

test('each way in which a recovery fails is told, and leaves no key behind', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const old = await startChat(t, { server, name: 'alice' });
  await isIn(old);
  const valid = `${'abandon '.repeat(11)}about`;
  const data = await temporaryFolder(t);
  const refused = async (words: string, pattern: RegExp, args: readonly string[] = name) => {
    const { code, stderr, keys } = await recover(t, server, data, words, args);
    assert.deepEqual([code, keys], [1, []], stderr);
    assert.match(stderr, pattern);
  };
  await refused('abandon', /these are 1 words, and recovery words are 12/);
  await refused(valid.replace('about', 'abuot'), /word 12, abuot, is none/);
  await refused('abandon '.repeat(12), /not together like this/);
  await refused(valid, /whose account is it/, []);
  const none = /no account of that name with these recovery words/;
  await refused(valid, none);
  await wordsOf(old);
  await refused(valid, none);
  await refused(valid, none, ['--name', 'nobody']);
  const nobody = await startChat(t, { server, name: 'nobody' });
  await isIn(nobody);
});

test('a recovery whose answer got lost, or that was killed by then, goes on: no device is left without a key, and the history comes', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const gone = await temporaryFolder(t);
  const old = await startChat(t, { server, name: 'alice', args: ['--data', gone] });
  await isIn(old);
  const bob = await startChat(t, { server, name: 'bob' });
  await isIn(bob);
  bob.type('hello to all');
  await old.prints('[bob] hello to all');
  const words = await wordsOf(old);
  old.type('/backup on');
  await old.tells(/your history is at the server/);
  await old.eof();

  const proxy = await startLossyProxy(t, server);
  const data = await temporaryFolder(t);
  proxy.loses(/^WELCOME /m);
  const lost = await recover(t, proxy, data, words, name);
  assert.deepEqual([lost.code, lost.keys], [3, ['user-alice.key']], lost.stderr);
  assert.match(lost.stderr, /the same command goes on where it was/);
  proxy.loses(undefined);
  const done = await recover(t, proxy, data, words, name);
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /Your other devices are still in/);
  const chat = await startChat(t, { server: proxy, name: 'alice', args: ['--data', data] });
  await chat.tells(/your history is here, out of the backup/);
  chat.type('/devices');
  // No third one, of the try whose answer was lost.
  await chat.tells(/ 2 {2}terminal.*this one.*\n.*\/devices revoke N/);
});

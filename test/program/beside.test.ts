// A second program on one account: `helo send` beside a running chat of the same data directory, many of them at once,
// and the end of the program that has the account open.
import assert from 'node:assert/strict';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { enterChat, type ChatProgram } from '../support/chat-program.ts';
import { startProgram, startServerProgram, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

interface Setting {
  readonly server: Listener;
  readonly folder: string;
  /** The data directory that the programs share. */
  readonly data: string;
  readonly bob: ChatProgram;
}

async function setUp(t: TestContext): Promise<Setting> {
  const { plain: server } = await startServerProgram(t);
  const folder = await temporaryFolder(t);
  const bob = await enterChat(t, {
    server,
    name: 'bob',
    args: ['--accept-up-to', '1GB', '--downloads', folder],
  });
  return { server, folder, data: join(folder, 'data'), bob };
}

function chatOf(t: TestContext, { server, data }: Setting): Promise<ChatProgram> {
  return enterChat(t, { server, name: 'alice', args: ['--data', data] });
}

async function startSend(t: TestContext, { server, data, folder }: Setting, ...args: string[]) {
  const address = `${server.host}:${server.port}`;
  const own = ['send', '--server', address, '--name', 'alice', '--data', data];
  const program = await startProgram(t, { args: [...own, ...args], folder });
  return {
    ...program,
    type: (line: string) => void program.process.stdin.write(`${line}\n`),
    end: (input = '') => {
      program.process.stdin.end(input);
      return withinLimit(program.ended, 'the end of helo send', () => program.stderr());
    },
  };
}

async function send(t: TestContext, setting: Setting, input: string, ...args: string[]) {
  return (await startSend(t, setting, ...args)).end(input);
}

test('texts go by the chat that has the account open, which shows them', async (t) => {
  const setting = await setUp(t);
  const alice = await chatOf(t, setting);
  const toAll = await send(t, setting, 'from cron\n\nq\n', 'lobby', '-');
  assert.deepEqual([toAll.code, toAll.stdout, toAll.stderr], [0, '', '']);
  await setting.bob.prints('[alice] from cron');
  await setting.bob.prints('[alice] q');
  await alice.prints('[alice] from cron');

  const toBob = await send(t, setting, 'a report\n', '@bob', '-');
  assert.deepEqual([toBob.code, toBob.stderr], [0, '']);
  await setting.bob.prints('[alice] a report');
  await alice.prints('[alice] a report');
  assert.equal((await alice.eof()).code, 0);
  const left = (await readdir(setting.data)).filter((name) => name.endsWith('.sock'));
  assert.deepEqual(left, []);
});

test('what is not sent has the words and the exit code that it has without a chat', async (t) => {
  const setting = await setUp(t);
  await chatOf(t, setting);
  const toGroup = await send(t, setting, 'a report\n', '#nowhere', '-');
  assert.equal(toGroup.code, 3);
  assert.match(
    toGroup.stderr,
    /^helo: not sent to the group nowhere, no such group!: "a report"$/m,
  );
  const toNobody = await send(t, setting, 'a report\n', '@bobb', '-');
  assert.equal(toNobody.code, 3);
  assert.match(toNobody.stderr, /^helo: not delivered to bobb, .* Did you mean @bob\?$/m);
  const tooLong = await send(t, setting, `${'x'.repeat(66_000)}\nshort\n`, 'lobby', '-');
  assert.equal(tooLong.code, 3);
  assert.match(tooLong.stderr, /too long/);
  await setting.bob.prints('[alice] short');
});

test('files go by the chat that has the account open', async (t) => {
  const setting = await setUp(t);
  const alice = await chatOf(t, setting);
  await writeFile(join(setting.folder, 'plan.txt'), 'a plan');
  setting.bob.type('@alice hello');
  await alice.prints('[bob] hello');
  const sent = await send(t, setting, '', '@bob', 'plan.txt');
  assert.deepEqual([sent.code, sent.stdout], [0, 'File has successfully been delivered!\n']);
  assert.match(sent.stderr, /^helo: sending plan\.txt \(6 bytes\) to bob; /m);
  await alice.shows('stdout', /File has successfully been delivered!/);
  const missing = await send(t, setting, '', '@bob', 'none.txt');
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^helo: No such file! .*none\.txt/);
});

test('a script goes on by itself where the chat ends, and loses and repeats nothing', async (t) => {
  const setting = await setUp(t);
  const alice = await chatOf(t, setting);
  const script = await startSend(t, setting, '@bob', '-');
  script.type('one');
  await setting.bob.prints('[alice] one');
  assert.equal((await alice.eof()).code, 0);
  script.type('two');
  await setting.bob.prints('[alice] two');
  // It has the account now, and hears others as the chat has heard it.
  const other = await send(t, setting, 'three\n', 'lobby', '-');
  assert.deepEqual([other.code, other.stderr], [0, '']);
  await setting.bob.prints('[alice] three');
  assert.equal((await script.end('four\n')).code, 0);
  await setting.bob.prints('[alice] four');
  const said = setting.bob.stdout().match(/\[alice\] (one|two|three|four)$/gm);
  assert.equal(said?.length, 4);
});

test('a killed chat is found out, and its socket replaced', async (t) => {
  const setting = await setUp(t);
  const alice = await chatOf(t, setting);
  const script = await startSend(t, setting, 'lobby', '-');
  script.type('before');
  await setting.bob.prints('[alice] before');
  alice.process.kill('SIGKILL');
  await alice.ended;
  script.type('after');
  await setting.bob.prints('[alice] after');
  assert.equal((await script.end()).code, 0);
});

test('many at once arrive, with a chat and without one', async (t) => {
  const setting = await setUp(t);
  const all = (word: string) =>
    Promise.all(
      Array.from({ length: 6 }, (_, i) => send(t, setting, `${word} ${i}\n`, 'lobby', '-')),
    );
  for (const { code, stderr } of await all('alone')) assert.equal(code, 0, stderr);
  const alice = await chatOf(t, setting);
  for (const { code, stderr } of await all('beside')) assert.equal(code, 0, stderr);
  for (const word of ['alone', 'beside']) {
    for (let i = 0; i < 6; i += 1) await setting.bob.prints(`[alice] ${word} ${i}`);
  }
  await alice.eof();
});

test('nobody else can open the socket, and one that says nothing is not waited for', async (t) => {
  const setting = await setUp(t);
  const alice = await chatOf(t, setting);
  const name = (await readdir(setting.data)).find((file) => file.endsWith('.sock')) ?? '';
  const path = join(setting.data, name);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  // Something else at its place: what is public still goes, as beside a program of an earlier version.
  await rm(path);
  const silent = createServer((socket) => socket.destroy()).listen(path);
  t.after(() => silent.close());
  await once(silent, 'listening');
  const sent = await send(t, setting, 'by itself\n', 'lobby', '-');
  assert.equal(sent.code, 0, sent.stderr);
  await setting.bob.prints('[alice] by itself');
  await alice.eof();
  assert.ok((await readdir(setting.data)).includes(name), 'what is not its own stays');
});

// Whether a script can rely on the exit code: 0 if everything was delivered, otherwise 3 and a line on stderr for each
// failure; and data that looks like commands.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { startProgram, startServerProgram, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

async function watcherAt(t: TestContext, server: Listener): Promise<LineClient> {
  const watcher = await connectLines(t, server);
  await watcher.next();
  watcher.send('HELO watcher');
  await watcher.next();
  return watcher;
}

/** `helo send` with `input` on stdin. */
async function send(t: TestContext, server: Listener, args: readonly string[], input: string) {
  const program = await startProgram(t, {
    args: ['send', '--server', `${server.host}:${server.port}`, '--name', 'robot', ...args],
  });
  program.process.stdin.end(input);
  return withinLimit(program.ended, 'the end of helo send', () => program.stderr());
}

for (const [what, typed, told] of [
  ['nobody', '@nobody hi', /not delivered to nobody|not sent to nobody/],
  ['too long', 'x'.repeat(66_000), /too long/],
  ['no command', '/etc/hosts is a file', /there is no command \/etc\/hosts/],
  ['not UTF-8', Buffer.from([0xff, 0xfe]), /not UTF-8/],
  ['a group that one is not in', '@@nowhere hi', /not sent.*no such group/],
] as const) {
  for (const as of ['account', 'guest'] as const) {
    test(`what was not delivered ends with 3 and a line: ${what}, as ${as}`, async (t) => {
      const { plain } = await startServerProgram(t);
      const args = as === 'guest' ? ['--guest'] : [];
      const bob = await startChat(t, { server: plain, name: 'bob', args });
      bob.type('and this is');
      bob.process.stdin.write(typed);
      bob.process.stdin.write('\n');
      const { code, stderr } = await bob.eof();
      assert.equal(code, 3);
      const lines = stderr.split('\n').filter((line) => told.test(line));
      assert.equal(lines.length, 1, stderr);
    });
  }
}

test('commands that were refused are nothing that was to be delivered', async (t) => {
  const { plain } = await startServerProgram(t);
  const bob = await startChat(t, { server: plain, name: 'bob' });
  bob.type('/create_group lunch --open');
  bob.type('/create_group lunch --open');
  bob.type('/join lunch');
  bob.type('@@lunch hi');
  assert.equal((await bob.eof()).code, 0);
  const eve = await startChat(t, { server: plain, name: 'eve' });
  eve.type('/create_group tea');
  await eve.tells(/group tea is sealed/);
  const gus = await startChat(t, { server: plain, name: 'gus', args: ['--guest'] });
  gus.type('/join tea');
  await gus.shows('stdout', /^that group is sealed/m);
  assert.equal((await gus.eof()).code, 0);
});

const data = ['q', '/quit', '', '@alice hi', '*all', '//', '  indented'];

test('with --literal every line is text', async (t) => {
  const { plain } = await startServerProgram(t);
  const watcher = await watcherAt(t, plain);
  const robot = await startChat(t, { server: plain, name: 'robot', args: ['--literal'] });
  for (const line of data) robot.type(line);
  const { code, stderr } = await robot.eof();
  assert.deepEqual([code, stderr], [0, '']);
  for (const line of data.filter((line) => line !== ''))
    await watcher.expect(`BCST [robot] ${line}`);
});

test('helo send - says the lines of stdin in the lobby, in a group, and to a person', async (t) => {
  const { plain } = await startServerProgram(t);
  const own = ['--data', await temporaryFolder(t)];
  const watcher = await watcherAt(t, plain);
  const input = data.map((line) => `${line}\n`).join('');
  const toAll = await send(t, plain, [...own, 'lobby', '-'], input);
  assert.deepEqual([toAll.code, toAll.stdout, toAll.stderr], [0, '', '']);
  for (const line of data.filter((line) => line !== ''))
    await watcher.expect(`BCST [robot] ${line}`);

  const alice: ChatProgram = await startChat(t, { server: plain, name: 'alice' });
  alice.type('*all');
  await alice.shows('stdout', /^\[.*alice.*\]$/m);
  const toPerson = await send(t, plain, [...own, '@alice', '-'], 'a report\nq\n');
  assert.equal(toPerson.code, 0, toPerson.stderr);
  await alice.prints('[robot] a report');
  await alice.prints('[robot] q');

  const toGroup = await send(t, plain, [...own, '#nowhere', '-'], 'a report\n');
  assert.equal(toGroup.code, 3);
  assert.match(
    toGroup.stderr,
    /^helo: not sent to the group nowhere, no such group!: "a report"$/m,
  );
  const toNobody = await send(t, plain, [...own, '@nobody', '-'], 'a report\n');
  assert.equal(toNobody.code, 3);
  assert.match(toNobody.stderr, /nobody/);
});

test('helo send says what belongs where', async (t) => {
  const { plain } = await startServerProgram(t);
  for (const [args, told] of [
    [['bob', '-'], /who gets it comes first, as @user, #group or lobby, not bob/],
    [['lobby', 'file'], /No such file!/],
    [['@bob'], /no file is named that @bob gets/],
    [['@bob', '-', 'file'], /goes alone/],
  ] as const) {
    const { code, stderr } = await send(t, plain, args, '');
    assert.equal(code, 1);
    assert.match(stderr, told);
  }
});

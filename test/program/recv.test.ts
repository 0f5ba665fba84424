// Scripts that read and write: `helo recv`, and `helo send` that says what became of each text.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { enterChat, type ChatProgram } from '../support/chat-program.ts';
import { startProgram, startServerProgram, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

interface Setting {
  readonly server: Listener;
  readonly data: string;
  readonly bob: ChatProgram;
}

/** Bob is in a chat; alice has an account in `data`, and is away. */
async function setUp(t: TestContext): Promise<Setting> {
  const { plain: server } = await startServerProgram(t);
  const data = join(await temporaryFolder(t), 'data');
  const bob = await enterChat(t, { server, name: 'bob' });
  const alice = await enterChat(t, { server, name: 'alice', args: ['--data', data] });
  assert.equal((await alice.eof()).code, 0);
  return { server, data, bob };
}

async function start(t: TestContext, { server, data }: Setting, verb: string, ...args: string[]) {
  const address = `${server.host}:${server.port}`;
  const own = [verb, '--server', address, '--name', 'alice', '--data', data];
  return startProgram(t, { args: [...own, ...args] });
}

async function run(t: TestContext, setting: Setting, verb: string, ...args: string[]) {
  const program = await start(t, setting, verb, ...args);
  program.process.stdin.end();
  return withinLimit(program.ended, `the end of helo ${verb}`, () => program.stderr());
}

/** What a program has printed, without times. */
function linesOf(stdout: string): readonly Record<string, unknown>[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const { at: _, ...rest } = JSON.parse(line) as Record<string, unknown>;
      return rest;
    });
}

test('what is new is printed once, oldest first, and stays new for whoever asks for another place', async (t) => {
  const setting = await setUp(t);
  const { bob } = setting;
  bob.type('@alice a secret');
  bob.type('to all');
  await run(t, setting, 'send', 'lobby', '--text', 'both are stored');
  await bob.prints('[alice] both are stored');

  const direct = await run(t, setting, 'recv', '--json', '@bob');
  assert.equal(direct.code, 0, direct.stderr);
  assert.deepEqual(linesOf(direct.stdout), [
    {
      type: 'message',
      place: '@bob',
      from: 'bob',
      text: 'a secret',
      unknown: false,
      encrypted: true,
      key: 'pinned',
      guest: false,
      seq: 1,
      late: true,
    },
  ]);
  const all = await run(t, setting, 'recv');
  assert.deepEqual([all.code, all.stdout], [0, '[bob] to all\n']);
  const again = await run(t, setting, 'recv', '--json');
  assert.deepEqual([again.code, again.stdout], [0, '']);
  const since = await run(t, setting, 'recv', '--since', 'all', 'lobby');
  assert.deepEqual([since.code, since.stdout], [0, '[bob] to all\n']);
  const none = await run(t, setting, 'recv', '--since', '2020-01-01', '--json', '#nowhere');
  assert.deepEqual([none.code, none.stdout], [0, '']);
});

test('with --follow it prints what comes, and what becomes of it, and texts go through it', async (t) => {
  const setting = await setUp(t);
  const { bob } = setting;
  const recv = await start(t, setting, 'recv', '--follow', '--json');
  bob.type('before');
  await recv.shows('stdout', /"text":"before"/);
  bob.type('/edit after');
  await recv.shows('stdout', /"type":"edited".*"text":"after"/);
  bob.type('/delete yes');
  await recv.shows('stdout', /"type":"deleted"/);
  const sent = await run(t, setting, 'send', '@bob', '--text', 'two\nlines', '--json');
  assert.equal(sent.code, 0, sent.stderr);
  assert.deepEqual(linesOf(sent.stdout), [{ n: 1, to: '@bob', is: 'stored', seq: 1 }]);
  await bob.shows('stdout', /\[alice\] two/);
  recv.process.kill('SIGINT');
  assert.equal((await withinLimit(recv.ended, 'the end')).code, 130);
});

test('a reader that goes away ends it, and the next one gets the rest', async (t) => {
  const setting = await setUp(t);
  const recv = await start(t, setting, 'recv', '--follow');
  setting.bob.type('one');
  await recv.shows('stdout', /one/);
  recv.process.stdout.destroy();
  await once(recv.process.stdout, 'close');
  setting.bob.type('two');
  assert.equal((await withinLimit(recv.ended, 'the end')).code, 0);
  const rest = await run(t, setting, 'recv');
  assert.match(rest.stdout, /^\[bob\] two$/m);
});

test('beside a chat it takes nothing and says why', async (t) => {
  const setting = await setUp(t);
  const { server, data, bob } = setting;
  const alice = await enterChat(t, { server, name: 'alice', args: ['--data', data] });
  const refused = await run(t, setting, 'recv', '--follow', '--json');
  assert.deepEqual([refused.code, refused.stdout], [3, '']);
  assert.match(refused.stderr, /^helo: another program has the account alice open, .*helo link/);
  bob.type('for the chat');
  await alice.prints('[bob] for the chat');
  await alice.eof();
});

test('of each text a line says what became of it, beside a chat and without one', async (t) => {
  const setting = await setUp(t);
  const { server, data, bob } = setting;
  const texts = async () => {
    const program = await start(t, setting, 'send', '--json', 'lobby', '-');
    program.process.stdin.end(`one\n\n${'x'.repeat(70_000)}\ntwo\n`);
    return withinLimit(program.ended, 'the end of helo send', () => program.stderr());
  };
  for (const isBeside of [false, true]) {
    const alice = isBeside
      ? await enterChat(t, { server, name: 'alice', args: ['--data', data] })
      : undefined;
    const { code, stdout, stderr } = await texts();
    assert.equal(code, 3, stderr);
    const [one, long, two, ...others] = linesOf(stdout).toSorted(
      (first, second) => Number(first['n']) - Number(second['n']),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(
      [one?.['n'], one?.['is'], two?.['n'], two?.['is']],
      [1, 'stored', 4, 'stored'],
    );
    assert.equal(Number(two?.['seq']), Number(one?.['seq']) + 1);
    assert.deepEqual([long?.['n'], long?.['is'], long?.['code']], [3, 'refused', 'too-long']);
    await bob.prints('[alice] two');
    const nobody = await run(t, setting, 'send', '--json', '@nobody', '--text', 'hello');
    assert.equal(nobody.code, 3);
    assert.deepEqual(
      linesOf(nobody.stdout).map(({ is, code }) => [is, code]),
      [['refused', 'no-such-user']],
    );
    await alice?.eof();
  }
});

test('without a server nothing is taken, and JSON says so too', async (t) => {
  const folder = await temporaryFolder(t);
  const args = ['--server', '127.0.0.1:1', '--name', 'alice', '--data', join(folder, 'data')];
  const sent = await startProgram(t, { args: ['send', ...args, 'lobby', '--text', 'x', '--json'] });
  const { code, stdout } = await withinLimit(sent.ended, 'the end');
  assert.equal(code, 3);
  assert.match(stdout, /^\{"is":"failed","words":"cannot reach 127\.0\.0\.1:1: .*\}\n$/);
  const recv = await startProgram(t, { args: ['recv', ...args] });
  assert.equal((await withinLimit(recv.ended, 'the end')).code, 3);
});

test('what cannot be meant is refused with code 1', async (t) => {
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [['recv', 'lobby'], /a name is needed/],
    [['recv', '--name', 'a', 'nowhere'], /@user, #group or lobby can be named/],
    [['recv', '--name', 'a', '--guest'], /nothing is kept for guests/],
    [['recv', '--name', 'a', '--since', 'soon'], /--since soon: must be all, 2026-11-01/],
    [['send', '--name', 'a', '@b', '--text', 'x', 'file'], /--text goes alone/],
    [['send', '--name', 'a', '@b', 'file', '--json'], /--json is for texts/],
    [['send', '--name', 'a', '@b', 'hello there'], /No such file!.*--text/],
  ];
  for (const [args, words] of refusals) {
    const program = await startProgram(t, { args });
    const { code, stdout, stderr } = await withinLimit(program.ended, 'the end');
    assert.deepEqual([code, stdout], [1, ''], stderr);
    assert.match(stderr, words);
  }
});

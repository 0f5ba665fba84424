// `helo send`, as a script uses it: exit codes, output, and resuming after an interruption.
import assert from 'node:assert/strict';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { connectLines } from '../support/line-client.ts';
import { runProgram, startProgram, startServerProgram, type Ended } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually, patience, withinLimit } from '../support/time-limit.ts';
import {
  assertSaved,
  enter,
  makeFile,
  plainPlace,
  places,
  type Place,
  type Someone,
} from './stage.ts';

interface Sender {
  readonly folder: string;
  send(...args: readonly string[]): Promise<Ended>;
}

async function sender(t: TestContext, place: Place): Promise<Sender> {
  const folder = await temporaryFolder(t);
  const own = [
    'send',
    '--server',
    place.address,
    '--name',
    'robot',
    '--data',
    join(folder, 'data'),
  ];
  return { folder, send: (...args) => runProgram(t, { args: [...own, ...args], folder }) };
}

/** Bob, who knows the robot from earlier. */
async function bobWhoKnows(
  t: TestContext,
  place: Place,
  robot: Sender,
  args: readonly string[] = [],
): Promise<Someone> {
  const bob = await enter(t, 'bob', place, ['--accept-up-to', '1GB', ...args]);
  await writeFile(join(robot.folder, 'hello.txt'), 'hello');
  const first = robot.send('@bob', 'hello.txt');
  await bob.chat.tells(/\/accept 1/);
  bob.chat.type('/accept');
  assert.equal((await first).code, 0);
  return bob;
}

for (const [where, open] of places) {
  test(`[7.11] files arrive and the exit code is 0, through ${where}`, async (t) => {
    const place = await open(t);
    const robot = await sender(t, place);
    const bob = await bobWhoKnows(t, place, robot);
    const one = await makeFile({ ...bob, folder: robot.folder }, 'one.bin', 100_000);
    const two = await makeFile({ ...bob, folder: robot.folder }, 'two.bin', 3_000_000);
    const end = await robot.send('@bob', 'one.bin', two.path, './one.bin');
    const sentence = 'File has successfully been delivered!\n';
    assert.deepEqual([end.code, end.stdout], [0, sentence + sentence]);
    assert.match(end.stderr, /^helo: sending two\.bin \(3\.0 MB\) to bob; /m);
    assert.doesNotMatch(end.stderr, /\d %/);
    await assertSaved(bob, 'one.bin', one.content);
    await assertSaved(bob, 'two.bin', two.content);
    assert.deepEqual(await bob.saved(), ['hello.txt', 'one.bin', 'two.bin']);
  });
}

test('what is asked for wrongly is told before anything is sent, with exit code 1', async (t) => {
  const place = plainPlace(await startServerProgram(t));
  const robot = await sender(t, place);
  await writeFile(join(robot.folder, 'x'), 'x');
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['@bob', 'x', 'y'], /^helo: No such file! .*\/y/],
    [['@bob', '.'], /is not a file that can be read/],
    [['@bob'], /no file is named that @bob gets/],
    [[], /who gets it comes first, as @user, #group or lobby, not nothing/],
    [['bob', 'x'], /who gets it comes first, as @user, #group or lobby, not bob/],
    [['lobby', 'x'], /The lobby is not sealed/],
    [['@robot', 'x'], /you can't send a file to yourself/],
    [['--wait', 'long', '@bob', 'x'], /must be seconds from 1/],
  ];
  for (const [args, pattern] of cases) {
    const { code, stderr, stdout } = await robot.send(...args);
    assert.deepEqual([code, stdout], [1, ''], args.join(' '));
    assert.match(stderr, pattern);
  }
  const nameless = await runProgram(t, { args: ['send', '@bob', '/etc/hostname'] });
  assert.deepEqual([nameless.code, nameless.stdout], [1, '']);
});

test('nobody there, no server, no encryption, and nobody who accepts in time: exit code 3', async (t) => {
  const server = await startServerProgram(t);
  const place = plainPlace(server);
  const robot = await sender(t, place);
  await writeFile(join(robot.folder, 'x'), 'x');
  const nobody = await robot.send('@bob', 'x');
  assert.equal(nobody.code, 3);
  assert.match(nobody.stderr, /nobody of that name is here[^]*^helo: not delivered to bob: x\.$/m);

  const carol = await connectLines(t, server.plain);
  await carol.next();
  carol.send('HELO carol');
  await carol.expect('+OK HELO carol');
  const clear = await robot.send('@carol', 'x');
  assert.equal(clear.code, 3);
  assert.match(clear.stderr, /their program cannot encrypt, and files are never sent without/);

  const bob = await enter(t, 'bob', place);
  let late: Ended;
  // On a busy machine the time may be over before bob is asked.
  for (let wait = 3; ; wait *= 2) {
    late = await robot.send('--wait', String(wait), '@bob', 'x');
    assert.equal(late.code, 3);
    if (late.stderr.includes('bob is asked whether to take x') || wait > 60 * patience) break;
  }
  assert.match(late.stderr, /bob is asked whether to take x[^]*not everything arrived in \d+ s/);
  bob.chat.type('/decline');
  await bob.chat.tells(/x from robot was not saved: it was declined/);
  const declined = await robot.send('@bob', 'x');
  assert.equal(declined.code, 3);
  assert.match(declined.stderr, /x was not delivered to bob: it was declined/);

  await server.stop();
  assert.equal((await robot.send('@bob', 'x')).code, 3);
});

test('a changed key ends it with 4, and nothing is sent', async (t) => {
  const place = plainPlace(await startServerProgram(t));
  const robot = await sender(t, place);
  // Nobody else can have an account's name. A guest's name is free after he has left.
  const bob = await bobWhoKnows(t, place, robot, ['--guest']);
  await bob.chat.stop();
  await rm(join(bob.folder, 'data'), { recursive: true });
  await bob.comeBack();
  const end = await robot.send('@bob', 'hello.txt');
  assert.equal(end.code, 4);
  assert.match(
    end.stderr,
    /THE KEY OF bob HAS CHANGED[^]*the key of bob has changed, and nothing is sent to it/,
  );
  assert.deepEqual(await bob.saved(), ['hello.txt']);
});

test('Ctrl-C ends it with 130, and the same command goes on where it stopped', async (t) => {
  const place = plainPlace(await startServerProgram(t));
  const robot = await sender(t, place);
  const bob = await bobWhoKnows(t, place, robot);
  const { content } = await makeFile({ ...bob, folder: robot.folder }, 'big.bin', 150_000_000);
  const args = ['--server', place.address, '--name', 'robot', '--data', join(robot.folder, 'data')];
  const first = await startProgram(t, {
    args: ['send', ...args, '@bob', 'big.bin'],
    folder: robot.folder,
  });
  await bob.chat.tells(/receiving big\.bin/);
  // It has begun: some of it is there.
  const part = async (): Promise<number> => {
    const name = (await bob.saved()).find((file) => file.endsWith('.part'));
    return name === undefined ? 0 : (await stat(join(bob.downloads, name))).size;
  };
  await eventually(async () => (await part()) >= 1_000_000, 'a megabyte');
  first.process.kill('SIGINT');
  assert.equal((await withinLimit(first.ended, 'the end')).code, 130);
  const kept = await part();
  assert.ok(kept > 0 && kept < content.length);
  const second = await robot.send('@bob', 'big.bin');
  assert.deepEqual([second.code, second.stdout], [0, 'File has successfully been delivered!\n']);
  assert.match(second.stderr, /big\.bin goes on at \d+ %/);
  await assertSaved(bob, 'big.bin', content);
  assert.deepEqual(await bob.saved(), ['big.bin', 'hello.txt']);
});

test('what others send while a script sends is not taken', async (t) => {
  const place = plainPlace(await startServerProgram(t));
  const robot = await sender(t, place);
  const bob = await enter(t, 'bob', place);
  await writeFile(join(robot.folder, 'x'), 'x');
  const end = robot.send('@bob', 'x');
  await bob.chat.tells(/\/accept 1/);
  await mkdir(join(bob.folder, 'mine'));
  const { path } = await makeFile(bob, 'mine/y', 10);
  bob.chat.type(`/send_file @robot ${path}`);
  await bob.chat.tells(/robot is asked whether to take y/);
  bob.chat.type('/accept 1');
  const { code, stdout } = await end;
  assert.deepEqual([code, stdout], [0, 'File has successfully been delivered!\n']);
});

test('beside a chat that has the account open, exit codes and words are the same', async (t) => {
  const place = plainPlace(await startServerProgram(t));
  const robot = await sender(t, place);
  await writeFile(join(robot.folder, 'x'), 'x');
  const chat = await startChat(t, {
    server: place.address,
    name: 'robot',
    args: ['--data', join(robot.folder, 'data')],
  });
  chat.type('*all');
  await chat.shows('stdout', /^\[.*robot.*\]$/m);
  const nobody = await robot.send('@bob', 'x');
  assert.equal(nobody.code, 3);
  assert.match(nobody.stderr, /nobody of that name is here[^]*^helo: not delivered to bob: x\.$/m);
  const lobby = await robot.send('lobby', 'x');
  assert.equal(lobby.code, 1);
  assert.match(lobby.stderr, /The lobby is not sealed/);
  // Where the script gives up, the chat goes on with it.
  const bob = await enter(t, 'bob', place);
  const late = await robot.send('--wait', '1', '@bob', 'x');
  assert.equal(late.code, 3);
  assert.match(late.stderr, /not everything arrived in 1 s. The program that has the account open/);
  await bob.chat.tells(/\/accept 1/);
  bob.chat.type('/accept');
  await chat.prints('File has successfully been delivered!');
});

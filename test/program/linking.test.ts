// Linking as people do it: `helo link` on a new device and /link on an old one, with the real server, as processes.
import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import {
  runProgram,
  startProgram,
  startServerProgram,
  type Listener,
  type Program,
} from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

const codeLine = /^\/link ((?:[A-Z2-7]{4}-){6}[A-Z2-7]{2})$/m;
const digitsLine = /^\/link (\d{6})$/m;

interface NewProgram extends Program {
  readonly data: string;
  code(): Promise<string>;
  digits(): Promise<string>;
}

async function startLink(
  t: TestContext,
  server: Listener | string,
  args: readonly string[] = [],
): Promise<NewProgram> {
  const data = await temporaryFolder(t);
  const address = typeof server === 'string' ? server : `${server.host}:${server.port}`;
  const program = await startProgram(t, {
    args: ['link', '--server', address, '--data', data, ...args],
  });
  return {
    ...program,
    data,
    code: async () => (await program.shows('stdout', codeLine))[1] ?? '',
    digits: async () => (await program.shows('stdout', digitsLine))[1] ?? '',
  };
}

async function isIn(chat: ChatProgram): Promise<void> {
  chat.type('*all');
  await chat.shows('stdout', /^\[.*\]$/m);
}

async function ended(program: Program): Promise<{ code: number | null; stderr: string }> {
  return withinLimit(program.ended, 'the end of helo link', () => program.stderr());
}

test('from a code to the first message on a new device, which is a device like the first from then on', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const bob = await startChat(t, { server, name: 'bob' });
  await isIn(bob);
  const old = await startChat(t, { server, name: 'alice' });
  await isIn(old);
  old.type('/create_group team');
  await old.tells(/group team is sealed/);

  const device = await startLink(t, server);
  // As people type: in small letters, with blanks.
  old.type(`/link ${(await device.code()).toLowerCase().replaceAll('-', ' ')}`);
  await old.tells(/wants to be a device of your account.*type the six digits/);
  const digits = await device.digits();
  assert.match(device.stderr(), /the account alice\b/);
  old.type(`/link ${digits}`);
  await old.tells(/is a device of your account now/);
  const { code, stderr } = await ended(device);
  assert.deepEqual([code, stderr.includes('helo chat --name alice')], [0, true]);
  const keys = join(device.data, 'devices');
  const [key = ''] = await readdir(keys);
  assert.equal((await stat(join(keys, key))).mode & 0o777, 0o600);

  const chat = await startChat(t, { server, name: 'alice', args: ['--data', device.data] });
  await isIn(chat);
  bob.type('hello to all');
  await chat.prints('[bob] hello to all');
  chat.type('from the new one');
  await bob.prints('[alice] from the new one');
  await old.prints('[alice] from the new one');
  assert.equal((await chat.eof()).code, 0);

  // A script is a device as well, beside the terminal that has the account open.
  const address = `${server.host}:${server.port}`;
  const script = await startProgram(t, {
    args: ['send', '--server', address, '--name', 'alice', '--data', device.data, 'lobby', '-'],
  });
  script.process.stdin.end('from a script\n');
  const { code: sent, stderr: reason } = await ended(script);
  assert.equal(sent, 0, reason);
  await bob.prints('[alice] from a script');
});

test('a new device gets in where a new account needs an invite code, over TLS too', async (t) => {
  const data = await temporaryFolder(t);
  const served = await startServerProgram(t, {
    args: ['--data', data, '--registration', 'invite', '--tls-port', '0'],
  });
  const { stdout } = await runProgram(t, { args: ['admin', 'invite', '--data', data] });
  const [code = ''] = /(?:[a-z\d]{6}-){4}[a-z\d]{6}/.exec(stdout) ?? [];
  const server = `tls://127.0.0.1:${served.tls.port}`;
  const env = { HELO_INVITE: code };
  const old = await startChat(t, { server, name: 'alice', env });
  await isIn(old);
  const device = await startLink(t, server);
  old.type(`/link ${await device.code()}`);
  old.type(`/link ${await device.digits()}`);
  await old.tells(/is a device of your account now/);
  assert.equal((await ended(device)).code, 0);
  const chat = await startChat(t, { server, name: 'alice', args: ['--data', device.data] });
  await isIn(chat);
});

test('with --history what is typed on the old device gives the history too, with no further question', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const old = await startChat(t, { server, name: 'alice' });
  await isIn(old);
  old.type('said before');
  const device = await startLink(t, server, ['--history']);
  old.type(`/link ${await device.code()}`);
  const [typed = ''] = await device.shows('stdout', /^\/link \d{6} history$/m);
  old.type(typed);
  await old.tells(/is a device of your account now.*What was said here goes to it/);
  assert.equal((await ended(device)).code, 0);
  const chat = await startChat(t, { server, name: 'alice', args: ['--data', device.data] });
  await isIn(chat);
  await old.tells(/your other device has your history/);
  assert.doesNotMatch(old.stderr(), /history give gives it/);
});

test('a linking outlives the time that the server gives a connection without a login', async (t) => {
  const server = await startServerProgram(t, {
    args: ['--login-timeout', '3', '--log-level', 'debug'],
  });
  const opened = (count: number) =>
    server.shows('stderr', new RegExp(`(?:"connection opened"[^]*?){${count}}`));
  const old = await startChat(t, { server: server.plain, name: 'alice' });
  await isIn(old);
  const device = await startLink(t, server.plain);
  const code = await device.code();
  await opened(3);
  old.type(`/link ${code}`);
  const digits = await device.digits();
  await opened(4);
  old.type(`/link ${digits}`);
  await old.tells(/is a device of your account now/);
  assert.equal((await ended(device)).code, 0);
  const again = await startLink(t, server.plain, ['--name', 'alice', '--data', device.data]);
  old.type(`/link ${await again.code()}`);
  await old.tells(/it is a device of your account already/);
  const { code: exit, stderr } = await ended(again);
  assert.deepEqual([exit, stderr.includes('a device of that account already')], [1, true]);
});

test('wrong digits: three tries, then it is over on both sides and the key is gone', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const old = await startChat(t, { server, name: 'alice' });
  const device = await startLink(t, server);
  old.type(`/link ${await device.code()}`);
  const right = await device.digits();
  const wrong = right === '123456' ? '654321' : '123456';
  old.type(`/link ${wrong}`);
  await old.tells(/not its digits\. You have 2 more tries/);
  old.type(`/link ${wrong}`);
  await old.tells(/You have one more try/);
  old.type(`/link ${wrong}`);
  await old.tells(/wrong three times, and no device was added/);
  const { code, stderr } = await ended(device);
  assert.deepEqual([code, stderr.includes('wrong three times')], [4, true]);
  assert.deepEqual(await readdir(join(device.data, 'devices')), []);
  old.type(`/link ${right}`);
  await old.tells(/no device has asked/);
});

test('each way in which a linking fails is told on both sides', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const old = await startChat(t, { server, name: 'alice' });
  await isIn(old);

  old.type('/link ABCD-ABCD-ABCD-ABCD-ABCD-ABCD-AA');
  await old.tells(/no device shows that code/);
  old.type('/link ABCD');
  await old.tells(/no code of a new device/);
  old.type('/link 123456');
  await old.tells(/no device has asked/);

  const refused = await startLink(t, server);
  old.type(`/link ${await refused.code()}`);
  await refused.digits();
  old.type('/link no');
  await old.tells(/was not added, and is told so/);
  const left = await ended(refused);
  assert.deepEqual([left.code, left.stderr.includes('the other device has ended it')], [3, true]);

  const other = await startLink(t, server, ['--name', 'carol']);
  old.type(`/link ${await other.code()}`);
  await old.tells(/wants to be one of another account/);
  assert.equal((await ended(other)).code, 1);

  const gone = await startLink(t, server);
  const code = await gone.code();
  gone.process.kill('SIGINT');
  assert.equal((await ended(gone)).code, 130);
  old.type(`/link ${code}`);
  await old.tells(/the new device has ended it/);

  const guest = await startChat(t, { server, name: 'gus', args: ['--guest'] });
  await isIn(guest);
  guest.type('/link ABCD-ABCD-ABCD-ABCD-ABCD-ABCD-AA');
  await guest.tells(/only accounts have devices/);
});

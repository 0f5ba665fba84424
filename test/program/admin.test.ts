// The operator's commands against the real server, as the operator types them.
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fatal } from '../../src/wire/replies.ts';
import { connectExtended, createDevice, logIn, prove } from '../support/extended-client.ts';
import { runProgram, startProgram, startServerProgram } from '../support/program.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { temporaryFolder } from '../support/temporary.ts';

const quiet = ['--ping-interval', '0'];

async function serve(t: TestContext, ...args: string[]) {
  const data = join(await temporaryFolder(t), 'data');
  const server = await startServerProgram(t, { args: [...quiet, '--data', data, ...args] });
  const admin = (...args: string[]) => runProgram(t, { args: ['admin', ...args, '--data', data] });
  const done = async (...args: string[]) => {
    const { code, stdout, stderr } = await admin(...args);
    assert.deepEqual([code, stderr], [0, '']);
    return stdout;
  };
  return { data, server, admin, done };
}

test('an invite lets one person in, once, and the code is written down nowhere', async (t) => {
  const { data, server, done } = await serve(t, '--registration', 'invite', '--log-level', 'debug');
  assert.equal(await done('users'), 'There are no accounts yet.\n');
  const text = await done('invite', '--expires', '2h');
  const code = /^ {2}([a-z2-9-]{34})$/m.exec(text)?.[1] ?? assert.fail(text);
  assert.match(
    text,
    new RegExp(`^ {2}helo chat --server 127\\.0\\.0\\.1:${server.plain.port} --name NAME$`, 'm'),
  );
  const uninvited = await connectExtended(t, server.plain);
  await prove(uninvited, 'mallory', createDevice());
  assert.deepEqual(await uninvited.lines.rest(), [`-ERR ${fatal.text('invite-needed')}`]);
  await logIn(t, server.plain, 'alice', { invite: code });
  const again = await connectExtended(t, server.plain);
  await prove(again, 'mallory', createDevice(), { invite: code });
  assert.deepEqual(await again.lines.rest(), [`-ERR ${fatal.text('invite-invalid')}`]);
  const [alice] = JSON.parse(await done('users', '--json')) as {
    name: string;
    connections: number;
  }[];
  assert.deepEqual([alice?.name, alice?.connections], ['alice', 1]);
  assert.match(
    await done('users'),
    /^NAME +SINCE +NOW +DEVICE +WAITS +QUOTA\nalice +\d{4}-\d\d-\d\d \d\d:\d\d UTC +here +[0-9a-f]{16}\n$/,
  );
  for (const file of ['helo.db', 'helo.db-wal']) {
    assert.ok(!(await readFile(join(data, file), 'latin1')).includes(code), file);
  }
  assert.ok(!server.stderr().includes(code));
});

test('a code that was taken back is good for nothing', async (t) => {
  const { data, server, done, admin } = await serve(t, '--registration', 'invite');
  const { code } = JSON.parse(await done('invite', '--json')) as { code: string };
  const revoke = async (typed: string) => {
    const program = await startProgram(t, { args: ['admin', 'revoke-invite', '--data', data] });
    program.process.stdin.end(`${typed}\n`);
    return program.ended;
  };
  // Never as an argument, which others on the machine can read.
  const told = await admin('revoke-invite', code);
  assert.equal(told.code, 1);
  assert.ok(!told.stderr.includes(code));
  const wrong = await revoke(code.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x')));
  assert.deepEqual([wrong.code, wrong.stdout], [3, '']);
  assert.match(wrong.stderr, /no such code waits to be used/);
  const taken = await revoke(code.toUpperCase().replaceAll('-', ' '));
  assert.deepEqual([taken.code, taken.stdout], [0, 'The code is good for nothing now.\n']);
  assert.equal((await revoke(code)).code, 3);
  const late = await connectExtended(t, server.plain);
  await prove(late, 'alice', createDevice(), { invite: code });
  assert.deepEqual(await late.lines.rest(), [`-ERR ${fatal.text('invite-invalid')}`]);
});

test('ban, unban, reset-device and remove act on those who are here at once', async (t) => {
  const { server, done, admin } = await serve(t, '--registration', 'open');
  const alice = await logIn(t, server.plain, 'alice');
  assert.equal(await done('ban', 'alice'), 'alice is banned.\n');
  assert.match((await alice.lines.rest()).join('\n'), /DSCN .*banned/);
  assert.match(await done('users'), /alice .* away .* banned\n$/);
  const banned = await connectExtended(t, server.plain);
  await prove(banned, 'alice', alice.device);
  assert.deepEqual(await banned.lines.rest(), [`-ERR ${fatal.text('account-banned')}`]);
  await done('unban', 'alice');
  assert.equal((await admin('unban', 'alice')).code, 3);
  assert.equal((await admin('ban', 'nobody')).code, 3);
  const back = await logIn(t, server.plain, 'alice', { device: alice.device });
  const told = await done('reset-device', 'alice');
  const invite = /^ {2}(\S+)$/m.exec(told)?.[1] ?? '';
  await back.lines.rest();
  // The old device cannot log in again by being first.
  const thief = await connectExtended(t, server.plain);
  await prove(thief, 'alice', alice.device);
  assert.deepEqual(await thief.lines.rest(), [`-ERR ${fatal.text('invite-needed')}`]);
  const other = await logIn(t, server.plain, 'alice', { invite });
  assert.notEqual(other.device.id, alice.device.id);

  const unasked = await admin('remove', 'alice');
  assert.equal(unasked.code, 1);
  assert.match(unasked.stderr, /^helo: remove cannot be undone.* Say --yes\.\n$/);
  assert.equal(
    await done('remove', 'alice', '--yes'),
    'alice is removed, and the name is free again.\n',
  );
  await other.lines.rest();
  const free = await logIn(t, server.plain, 'Alice');
  assert.equal(free.welcome['created'], true);
});

test('at a terminal, removing asks for the name', async (t) => {
  const { data, server, done } = await serve(t, '--registration', 'open');
  await logIn(t, server.plain, 'alice');
  const ask = async (answer: string) => {
    const terminal = await openTerminal(t, `helo admin remove alice --data '${data}'`);
    await terminal.shows('Type the name:');
    terminal.type(answer, keys.enter);
    return { code: await terminal.ended, terminal };
  };
  assert.equal((await ask('bob')).code, 130);
  assert.match(await done('users'), /alice/);
  assert.equal((await ask('alice')).code, 0);
  assert.equal(await done('users'), 'There are no accounts yet.\n');
});

test('status; what is typed wrong; and where no server runs', async (t) => {
  const { data, server, done, admin } = await serve(t);
  assert.equal((await stat(join(data, 'admin.sock'))).mode & 0o777, 0o600);
  assert.match(
    await done('status'),
    new RegExp(`^helo +\\S+, process ${server.process.pid}, since .* UTC$`, 'm'),
  );
  const status = JSON.parse(await done('status', '--json')) as {
    storing: boolean;
    accounts: number;
  };
  assert.deepEqual([status.storing, status.accounts], [true, 0]);
  const wrong = async (args: readonly string[], code: number, pattern: RegExp) => {
    const ended = await admin(...args);
    assert.match(ended.stderr, pattern);
    assert.deepEqual([ended.code, ended.stdout], [code, '']);
  };
  await wrong([], 1, /^helo: admin needs to know what to do\. There are: users, invite/);
  await wrong(['usres'], 1, /^helo: admin cannot usres\. .*users/);
  await wrong(['ban'], 1, /^helo: ban takes one NAME behind it, not nothing\.\n$/);
  await wrong(['users', 'alice'], 1, /^helo: users takes nothing behind it/);
  await wrong(['invite', '--expires', 'soon'], 1, /must be a time such as 90m, 12h or 7d/);
  await wrong(['ban', 'nobody'], 3, /^helo: there is no account nobody\. /);
  await server.kill();
  await wrong(
    ['status'],
    3,
    /^helo: no server runs on the data directory .*\. Start it with helo serve/,
  );
  // Its leftovers do not disturb anybody.
  const next = await startServerProgram(t, { args: [...quiet, '--data', data] });
  await done('status');
  const second = await runProgram(t, {
    args: ['serve', '--port', '0', '--tls-port', 'off', '--data', data],
  });
  assert.equal(second.code, 3);
  assert.match(
    second.stderr,
    new RegExp(`in use by another server \\(process ${next.process.pid}\\)\\. Stop it first`),
  );
  await done('status');
});

test('a ban of an address holds over a restart, stands in the list, and is lifted', async (t) => {
  const { data, server, done, admin } = await serve(t, '--registration', 'open');
  await logIn(t, server.plain, 'alice');
  assert.equal(await done('bans'), 'Nobody is banned.\n');
  assert.match(await done('ban', '192.0.2.7'), /^192\.0\.2\.7 is banned: no guest/);
  await done('ban', '2001:DB8::1');
  await done('ban', 'alice');
  await server.stop();
  const again = await startServerProgram(t, { args: [...quiet, '--data', data] });
  assert.equal(
    await done('bans'),
    'BANNED             BECAUSE OF  UNTIL\nalice\n192.0.2.7\n2001:db8:0:0::/64\n',
  );
  assert.equal(await done('unban', '2001:db8::'), '2001:db8:: may come in again.\n');
  await done('unban', '192.0.2.7');
  assert.deepEqual(JSON.parse(await done('bans', '--json')), {
    accounts: ['alice'],
    addresses: [],
  });
  const told = await admin('unban', '192.0.2.7');
  assert.deepEqual([told.code, /is not banned/.test(told.stderr)], [3, true]);
  assert.equal((await admin('ban', '127.0.0.1')).code, 3);
  await again.stop();
});

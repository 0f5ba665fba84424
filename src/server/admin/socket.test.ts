import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { createLogger } from '../log.ts';
import { AdminHandler } from './admin-handler.ts';
import { parseAnswer, maxRequestBytes } from './messages.ts';
import { adminSocketPath, openAdminSocket } from './socket.ts';

const log = createLogger('silent');
const server = {
  accounts: [],
  addressBans: [],
  placeOf: () => undefined,
  quotasUsed: { accounts: new Map<string, number>(), guests: 0 },
  hasInvite: () => false,
  connections: 0,
  room: undefined,
  isStoring: true,
  administer: async () => {},
};
const facts = { version: '1.2.3', pid: 7, startedAt: 5, addresses: [], pages: [] };

const nothing = {
  backup: async () => {},
  check: async () => ({ damages: [], messages: 0, bytes: 0 }),
};

async function open(t: TestContext, folder: string): Promise<void> {
  const backup = () => Promise.reject(new Error('a bug'));
  const handler = new AdminHandler(server, facts, { ...nothing, backup });
  const opened = await openAdminSocket(folder, handler, log);
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
}

async function ask(folder: string, text: string): Promise<string> {
  const socket = createConnection(adminSocketPath(folder)).setEncoding('utf8');
  let heard = '';
  socket.on('data', (part: string) => (heard += part));
  // A line that is far too long is cut off in the middle.
  socket.on('error', () => {});
  socket.write(text);
  await once(socket, 'close');
  return heard;
}

test('the socket is for its owner only, answers a line with a line, and goes when it is closed', async (t) => {
  const folder = await temporaryFolder(t);
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const handler = new AdminHandler(server, facts, nothing);
  const opened = await openAdminSocket(folder, handler, log);
  assert.ok(opened.ok);
  assert.equal((await stat(adminSocketPath(folder))).mode & 0o777, 0o600);
  assert.equal(process.umask(0), 0, 'the umask is as it was');
  const answer = parseAnswer(await ask(folder, '{"helo":1,"act":"status"}\n'));
  assert.ok(answer?.ok);
  assert.deepEqual(answer.value, handler.status());
  await opened.value.close();
  await assert.rejects(stat(adminSocketPath(folder)));
});

test('what was left behind by a server that is gone is replaced', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(adminSocketPath(folder), '');
  await open(t, folder);
  assert.ok(parseAnswer(await ask(folder, '{"helo":1,"act":"users"}\n'))?.ok);
});

test('nonsense, other versions and what is unknown get an answer; what does not end is cut off', async (t) => {
  const folder = await temporaryFolder(t);
  await open(t, folder);
  const refused = async (line: string, pattern: RegExp) => {
    const answer = parseAnswer(await ask(folder, `${line}\n`));
    assert.ok(answer?.ok === false, line);
    assert.match(answer.refusal.message, pattern);
  };
  await refused('hello', /is no request/);
  await refused('{"act":"users"}', /is no request/);
  await refused('{"helo":2,"act":"users"}', /of another version of helo: it speaks version 1/);
  await refused('{"helo":1,"act":"dance"}', /does not know this/);
  await refused('{"helo":1,"act":"invite","hash":"short","expiresAt":1}', /does not know this/);
  await refused('{"helo":1,"act":"backup","path":"/x"}', /a bug of the server/);
  assert.equal(await ask(folder, 'x'.repeat(maxRequestBytes + 1)), '');
  assert.ok(parseAnswer(await ask(folder, '{"helo":1,"act":"users"}\n'))?.ok, 'and it goes on');
});

test('a path that is too long, and a folder that is not there, are told', async (t) => {
  const folder = await temporaryFolder(t);
  const handler = new AdminHandler(server, facts, nothing);
  const deep = join(folder, 'x'.repeat(100));
  await mkdir(deep);
  const tooLong = await openAdminSocket(deep, handler, log);
  assert.ok(!tooLong.ok && /longer than systems take/.test(tooLong.error.message));
  const none = await openAdminSocket(join(folder, 'none'), handler, log);
  assert.ok(!none.ok && /cannot be opened/.test(none.error.message));
});

test('closing does not wait for somebody who says nothing', async (t) => {
  const folder = await temporaryFolder(t);
  const opened = await openAdminSocket(folder, new AdminHandler(server, facts, nothing), log);
  assert.ok(opened.ok);
  const silent = createConnection(adminSocketPath(folder));
  await once(silent, 'connect');
  const closed = once(silent, 'close');
  await opened.value.close();
  await closed;
  // Its path is free.
  const next = createServer().listen(adminSocketPath(folder));
  await once(next, 'listening');
  next.close();
});

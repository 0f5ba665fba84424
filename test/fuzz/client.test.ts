// A hostile server at the real client: malformed lines, random bytes, and lines that look right and are not. It neither
// crashes nor hangs nor grows, and nothing of that reaches the screen.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { harmless } from '../../src/client/wording/sanitize.ts';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import { startHostileServer, type HostileServer } from '../support/servers/hostile-server.ts';
import { residentBytes } from '../support/resident.ts';

async function scene(t: TestContext): Promise<{ client: ChatProgram; server: HostileServer }> {
  const { at, connection } = await startHostileServer(t);
  const args = ['--no-reconnect', '--guest'];
  const client = await startChat(t, { server: at, name: 'bob', args });
  const server = await connection;
  await server.welcome();
  return { client, server };
}

/** Waits until everything sent before was handled. */
async function isAlive(server: HostileServer): Promise<string> {
  await server.send('PING\n');
  return server.hears(/^PONG\n/m);
}

// Without -ERR, DSCN and Goodbye, after which a client rightly leaves.
const words = [
  'HELO', '+OK', '-SOFT_ERR', '+SUCCESS', 'BCST', 'PING', 'PM', 'REQUEST_PUBLIC_KEY', 'PUBLIC_KEY',
  'GROUP_MESSAGE', '[alice]', '[al', '@alice', '@', 'alice', 'eve', 'bob', '[alice,', 'unknown]', 'no such user!',
  'AAEAAg', 'AAEAAgQ', '1579685400000', '-1', '', ' ', '\t', '\0', '\r', '\u202e', '\u001b[2J', '\u009b2J',
  '__proto__', 'constructor', '[constructor]', 'x'.repeat(33), 'y'.repeat(3000), 'QUJD'.repeat(1000), '\ufeff',
]; // prettier-ignore

const line = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 12 })), {
    maxLength: 6,
  })
  .map((parts) => Buffer.from(`${parts.join(' ')}\n`))
  .filter((bytes) => !/^(-ERR|DSCN|\+OK Goodbye)/m.test(bytes.toString('latin1')));
const bytes = fc
  .uint8Array({ maxLength: 300 })
  .map((bytes) => Buffer.from([...bytes, 10]))
  .filter((bytes) => !/^(-ERR|DSCN|\+OK)/m.test(bytes.toString('latin1')));
const noise = fc.oneof({ weight: 5, arbitrary: line }, { weight: 1, arbitrary: bytes });

test('12,000 hostile lines and random bytes: no crash, no hang, memory flat, nothing on the screen', async (t) => {
  const { client, server } = await scene(t);
  const rounds = 100;
  let warm = 0;
  for (let round = 0; round < rounds; round++) {
    await server.send(Buffer.concat(fc.sample(noise, { numRuns: 120, seed: round })));
    await isAlive(server);
    if (round === rounds / 2) warm = residentBytes(client.process.pid);
  }
  const grown = residentBytes(client.process.pid) - warm;
  assert.ok(grown < 40e6, `grew by ${grown} bytes in the second half`);
  const shown = (client.stdout() + client.stderr()).replaceAll('\n', '');
  assert.equal(harmless(shown), shown);
  await server.send('BCST [alice] still here\n');
  await client.prints('[alice] still here');
  assert.doesNotMatch(client.stderr(), /bug/);
});

test('key packages of its own, altered and sent back under many names: nothing is shown, nothing grows', async (t) => {
  const { client, server } = await scene(t);
  // Valid ones first: the client answers them with key packages.
  await server.send('REQUEST_PUBLIC_KEY @eve 1\n');
  const answer = await server.hears(/^PUBLIC_KEY @eve \S+ 1\n/m);
  const key = Buffer.from(answer.split(' ')[2] ?? '', 'base64url');
  assert.ok(key.length > 1000);
  client.type('@alice this is never sent in the clear');
  const asked = await server.hears(/^REQUEST_PUBLIC_KEY @alice \d+\n/m);
  const [, timestamp = ''] = /@alice (\d+)/.exec(asked) ?? [];
  let warm = 0;
  for (let number = 0; number < 3000; number++) {
    const altered = Buffer.from(key);
    altered.writeUInt8(
      (altered.readUInt8(number % key.length) + 1 + (number % 255)) & 255,
      number % key.length,
    );
    const token = altered
      .subarray(0, number % 3 === 0 ? key.length : number % key.length)
      .toString('base64url');
    const name = `eve${number}`;
    await server.send(`PM ${name} ${token} ${token}\nREQUEST_PUBLIC_KEY @${name} ${number}\n`);
    await server.send(`PUBLIC_KEY @${name} ${token} ${number % 2 === 0 ? timestamp : number}\n`);
    if (number % 500 === 499) await isAlive(server);
    if (number === 1499) warm = residentBytes(client.process.pid);
  }
  const grown = residentBytes(client.process.pid) - warm;
  assert.ok(grown < 60e6, `grew by ${grown} bytes in the second half`);
  await server.send('BCST [alice] still here\n');
  await client.prints('[alice] still here');
  const lines = client
    .stdout()
    .split('\n')
    .filter((line) => !/^\[(alice|eve\d+)\] (still|\(not encrypted\))/.test(line));
  assert.deepEqual(lines, [''], 'nothing is shown as private or as said by anybody');
  assert.doesNotMatch(client.stderr(), /bug/);
});

test('at a line without an end the client leaves, with a reason', async (t) => {
  const { client, server } = await scene(t);
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  for (let sent = 0; sent < 6; sent++) void server.send(chunk);
  const { code, stderr } = await client.end();
  assert.equal(code, 3);
  assert.equal(stderr, 'helo: the server sent a line without an end.\n');
});

test('a server that asks without end and never reads is given up, before it fills the memory', async (t) => {
  const { at, connection } = await startHostileServer(t);
  const args = ['--no-reconnect', '--guest'];
  const client = await startChat(t, { server: at, name: 'bob', args });
  const server = await connection;
  await server.welcome();
  server.stopReading();
  const pings = Buffer.from('PING\n'.repeat(200_000));
  const ended = client.ended.then(() => 'ended' as const);
  const sent = () => server.send(pings).catch(() => 'cut' as const);
  while ((await Promise.race([ended, sent()])) === undefined);
  const { code, stderr } = await client.end();
  assert.equal(code, 3);
  assert.match(
    stderr,
    /^helo: (the server takes nothing in any more|the connection was lost.*)\.\n$/,
  );
});

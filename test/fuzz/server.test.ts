// Hostile lines and random bytes at the real server: it neither crashes nor hangs nor grows, and the people who write
// meanwhile notice nothing.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { startServerProgram, type ServerProgram } from '../support/program.ts';
import { withinLimit } from '../support/time-limit.ts';

const words = [
  'HELO', 'BCST', 'PONG', 'GET_USERS', 'PM', 'REQUEST_PUBLIC_KEY', 'PUBLIC_KEY', 'CREATE_GROUP',
  'JOIN_GROUP', 'GROUP_MESSAGE', 'LEAVE_GROUP', 'KICK', 'QUIT', '+OK', '-ERR', 'DSCN', '*all', 'q',
  '@alice', '@bob', '@', '@@', '@@talk', '@@nope', '/join', '/leave', '/kick', '/create_group', 'talk',
  '', ' ', '\t', '\0', '\r', '\u202e', '\u001b[2J', '__proto__', 'constructor', 'toString', '[alice]',
  'x'.repeat(33), 'y'.repeat(2000), '\ufeff', '\u{1F469}', '%s%n', '../../etc/passwd', '{"a":1}',
]; // prettier-ignore

const hostileLine = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 12 })), {
    maxLength: 6,
  })
  .map((parts) => Buffer.from(`${parts.join(' ')}\n`));
const brokenUtf8 = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from([...bytes, 10]));
const noise = fc.oneof({ weight: 4, arbitrary: hostileLine }, { weight: 1, arbitrary: brokenUtf8 });

async function login(t: TestContext, server: ServerProgram, name: string): Promise<LineClient> {
  const client = await connectLines(t, server.plain);
  await client.next();
  client.send(`HELO ${name}`);
  await client.expect(`+OK HELO ${name}`);
  return client;
}

/** Connects, sends everything, reads everything, and waits for the end. */
async function attack(
  server: ServerProgram,
  name: string,
  chunks: readonly Buffer[],
): Promise<void> {
  const socket: Socket = connect(server.plain.port, server.plain.host);
  socket.on('error', () => {});
  socket.resume();
  const closed = once(socket, 'close');
  socket.write(`HELO ${name}\n`);
  for (const chunk of chunks) socket.write(chunk);
  socket.end();
  await withinLimit(closed, 'the end of an attack');
}

function residentKib(server: ServerProgram): number {
  const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
}

test('10,000 hostile lines and random bytes: no crash, no hang, memory flat, others unaffected', async (t) => {
  const server = await startServerProgram(t, { args: ['--ping-interval', '0'] });
  const alice = await login(t, server, 'alice');
  const bob = await login(t, server, 'bob');
  alice.send('CREATE_GROUP /create_group talk');
  await alice.next();

  const rounds = 100;
  let warm = 0;
  for (let round = 0; round < rounds; round++) {
    const chunks = fc.sample(noise, { numRuns: 120, seed: round });
    await attack(server, `fuzz${round}`, chunks);
    alice.send(`PM @bob still here ${round}`);
    for (;;) {
      const line = await bob.next();
      if (line === `PM alice still here ${round}`) break;
      assert.match(line, /^(BCST \[fuzz|PM fuzz|REQUEST_PUBLIC_KEY @fuzz|PUBLIC_KEY @fuzz)/);
    }
    if (round === rounds / 2) warm = residentKib(server);
  }
  const grown = residentKib(server) - warm;
  assert.ok(grown < 20_000, `grew by ${grown} KiB in the second half`);
  assert.equal(server.process.exitCode, null);
  assert.equal(server.stderr(), '');
});

test('connections that only connect, only greet, or cut off in the middle leave nothing behind', async (t) => {
  const server = await startServerProgram(t, { args: ['--ping-interval', '0'] });
  for (const first of ['', 'HEL', 'HELO x', 'HELO y\nBCST cut off', 'QUIT q\n'.repeat(100)]) {
    for (let round = 0; round < 20; round++) {
      const socket = connect(server.plain.port, server.plain.host);
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(first);
      if (round % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    }
  }
  const alice = await login(t, server, 'alice');
  for (;;) {
    alice.send('GET_USERS *all');
    const list = await alice.next();
    if (list === '+SUCCESS [alice]') break;
    await new Promise((resolve) => setImmediate(resolve));
  }
});

test('a line without an end, from many at once, costs no more than its cap', async (t) => {
  const server = await startServerProgram(t, { args: ['--ping-interval', '0'] });
  const chunk = Buffer.alloc(16_384, 'x');
  const sockets = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const socket = connect(server.plain.port, server.plain.host);
      socket.on('error', () => {});
      socket.resume();
      t.after(() => socket.destroy());
      await once(socket, 'connect');
      return socket;
    }),
  );
  await Promise.all(
    sockets.map(async (socket) => {
      const closed = once(socket, 'close');
      for (let sent = 0; sent < 100 && socket.writable; sent++) socket.write(chunk);
      await withinLimit(closed, 'the end of an endless line');
    }),
  );
  await login(t, server, 'alice');
});

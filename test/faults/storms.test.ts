// Many connections at once at the real program: admitted one after the other, nobody is refused, and connected people
// notice nothing.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { startServerProgram, type ServerProgram } from '../support/program.ts';
import { pause } from '../support/time-limit.ts';

const noHeartbeat = ['--ping-interval', '0'];

async function login(t: TestContext, server: ServerProgram, name: string): Promise<LineClient> {
  const client = await connectLines(t, server.plain);
  await client.next();
  client.send(`HELO ${name}`);
  await client.expect(`+OK HELO ${name}`);
  return client;
}

test('a storm is let in at the rate of the door, and messages go on arriving at once', async (t) => {
  const people = 800;
  const server = await startServerProgram(t, { args: noHeartbeat });
  const alice = await login(t, server, 'alice');
  const bob = await login(t, server, 'bob');
  const crowd = new Worker(new URL('../support/crowd.js', import.meta.url), {
    workerData: { port: server.plain.port, people },
  });
  t.after(() => crowd.terminate());
  await once(crowd, 'online');
  const everybodyIn = once(crowd, 'message');
  const over = new AbortController();
  void everybodyIn.finally(() => over.abort());
  const delays: number[] = [];
  for (let number = 0; !over.signal.aborted; number++) {
    const asked = performance.now();
    alice.send(`PM @bob ${number}`);
    await bob.expect(`PM alice ${number}`);
    delays.push(performance.now() - asked);
    // A hundred messages a second: more would be a flood too.
    await pause(10);
  }
  const [{ refusals, tookMs }] = await everybodyIn;
  assert.deepEqual(refusals, []);
  // 100 at once and 2,000 a second.
  assert.ok(tookMs > 300, `${tookMs} ms`);
  delays.sort((a, b) => a - b);
  const median = delays[Math.floor(delays.length / 2)] ?? Infinity;
  assert.ok(median < tookMs / 5, `${median} ms of ${tookMs}`);
});

test('who waits for the TLS handshake gets it in turn', async (t) => {
  const args = [...noHeartbeat, '--tls-port', '0', '--guests', 'on'];
  const server = await startServerProgram(t, { args });
  const clients = await Promise.all(
    Array.from({ length: 150 }, () => connectLines(t, server.tls, { tls: {} })),
  );
  for (const client of clients) assert.match(await client.next(), /^HELO /);
});

test('who comes in a storm when the server ends is told, and does not hold up the end', async (t) => {
  const server = await startServerProgram(t, { args: noHeartbeat });
  const clients = await Promise.all(
    Array.from({ length: 300 }, () => connectLines(t, server.plain)),
  );
  const ended = server.stop();
  for (const client of clients) {
    const lines = await client.rest();
    // A connection that the system had not passed on yet gets nothing.
    if (lines.length === 0) continue;
    assert.equal(lines.at(-1), 'DSCN the server is shutting down');
  }
  assert.equal((await ended).code, 0);
});

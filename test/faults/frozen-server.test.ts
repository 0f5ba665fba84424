// A server that exists and sends nothing: its process is stopped, while the system still accepts data for it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

async function freezes(t: TestContext, as: 'account' | 'guest'): Promise<void> {
  const folder = await temporaryFolder(t);
  // So that the client learns of a short interval.
  const server = await startServerProgram(t, {
    args: ['--ping-interval', '2', '--pong-timeout', '60'],
  });
  const args = ['--data', join(folder, 'alice'), ...(as === 'guest' ? ['--guest'] : [])];
  const alice = await startChat(t, { server: server.plain, name: 'alice', args });
  alice.type('*all');
  await alice.shows('stdout', /^\[.*\]$/m);
  const bob = await startChat(t, {
    server: server.plain,
    name: 'bob',
    args: ['--data', join(folder, 'bob'), '--guest', '--no-reconnect'],
  });
  bob.type('before');
  await alice.prints('[bob] before');
  // The last one has got three pings: then the others know the interval.
  const eve = await connectLines(t, server.plain);
  await eve.next();
  for (let pings = 0; pings < 3; pings++) {
    await eve.expect('PING');
    eve.send('PONG');
  }
  server.process.kill('SIGSTOP');
  await alice.tells(/does not answer any more; trying to connect again/);
  const { code } = await bob.end();
  assert.equal(code, 3);
  server.process.kill('SIGCONT');
  await alice.tells(/connected again/);
  alice.type('q');
  assert.equal((await alice.end()).code, 0);
}

// It is mostly waited for, so both wait at the same time.
test(
  '[7.3] a frozen server is noticed, told, and come back to when it goes on',
  { concurrency: 2 },
  async (t) => {
    await Promise.all(
      (['account', 'guest'] as const).map((as) => t.test(`as ${as}`, (t) => freezes(t, as))),
    );
  },
);

// Floods at the real program: a client that sends too much is read more slowly, loses nothing and stays. Others notice
// nothing.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { startServerProgram, type ServerProgram } from '../support/program.ts';
import { pause } from '../support/time-limit.ts';

async function login(t: TestContext, server: ServerProgram, name: string): Promise<LineClient> {
  const client = await connectLines(t, server.plain);
  await client.next();
  client.send(`HELO ${name}`);
  let answer: string;
  // A short heartbeat may begin before that.
  while ((answer = await client.next()) === 'PING') client.send('PONG');
  assert.equal(answer, `+OK HELO ${name}`);
  return client;
}

const noHeartbeat = ['--ping-interval', '0'];

/** Sends this many lines at once, and waits for the answers. Returns how long they took. */
async function paste(client: LineClient, lines: number): Promise<number> {
  const started = performance.now();
  client.send(Array.from({ length: lines }, (_, at) => `BCST line ${at}`).join('\n'));
  for (let at = 0; at < lines; at++) await client.expect(`+OK BCST line ${at}`);
  return performance.now() - started;
}

test('500 lines pasted at once are answered at once', async (t) => {
  const server = await startServerProgram(t, { args: noHeartbeat });
  const alice = await login(t, server, 'alice');
  const tookMs = [await paste(alice, 500)];
  // As many again, and 500 at 200 a second.
  const slowMs = await paste(alice, 1000);
  const isAtOnce = () => tookMs.some((ms) => ms < slowMs / 2);
  // A machine that was busy just then says nothing: others do the same.
  for (const name of ['bob', 'carol', 'dave', 'eve']) {
    if (!isAtOnce()) tookMs.push(await paste(await login(t, server, name), 500));
  }
  assert.ok(isAtOnce(), `${tookMs.join(', ')} and ${slowMs} ms`);
});

test('a flood of lines is slowed down, in order, nothing lost; somebody else is answered at once', async (t) => {
  const server = await startServerProgram(t, { args: noHeartbeat });
  const flooder = await login(t, server, 'flooder');
  const bob = await login(t, server, 'bob');
  const carol = await login(t, server, 'carol');
  const lines = 1500;
  const started = performance.now();
  flooder.send(Array.from({ length: lines }, (_, at) => `PM @bob ${at}`).join('\n'));
  const heard = (async () => {
    for (let at = 0; at < lines; at++) await bob.expect(`PM flooder ${at}`);
    return performance.now() - started;
  })();
  const delays: number[] = [];
  const over = new AbortController();
  void heard.finally(() => over.abort());
  for (let at = 0; !over.signal.aborted; at++) {
    const asked = performance.now();
    carol.send(`PM @carol ${at}`);
    await carol.expect(`PM carol ${at}`);
    delays.push(performance.now() - asked);
    // A hundred requests a second: more would be a flood too.
    await pause(10);
  }
  // 1,000 at once and 200 a second, less what a pause of 20 milliseconds gathers.
  const tookMs = await heard;
  assert.ok(tookMs > 2200, `${tookMs} ms`);
  delays.sort((a, b) => a - b);
  const median = delays[Math.floor(delays.length / 2)] ?? Infinity;
  assert.ok(median < tookMs / 20, `${median} ms of ${tookMs}`);
});

test('who is not read for longer than a ping may take is not taken for dead', async (t) => {
  const args = '--max-line-bytes 4000000 --ping-interval 0.3 --pong-timeout 2'.split(' ');
  const server = await startServerProgram(t, { args });
  const flooder = await login(t, server, 'flooder');
  // Six seconds at the rate, after the burst.
  const line = `BCST ${'x'.repeat(3_800_000)}`;
  const started = performance.now();
  flooder.send(line);
  flooder.send('BCST next');
  const answers: string[] = [];
  while (answers.length < 2) {
    const heard = await flooder.next();
    if (heard === 'PING') flooder.send('PONG');
    else answers.push(heard);
  }
  // The message does not include the lines, which are long.
  assert.ok(answers[0] === `+OK ${line}` && answers[1] === '+OK BCST next');
  assert.ok(performance.now() - started > 4000);
});

test('who is read slowly is not taken for dead, for the answer to a ping stands behind the flood', async (t) => {
  const args = '--ping-interval 0.3 --pong-timeout 2'.split(' ');
  const server = await startServerProgram(t, { args });
  const flooder = await connectLines(t, server.plain);
  await flooder.next();
  flooder.send('HELO flooder');
  flooder.send(Array.from({ length: 2200 }, (_, at) => `BCST ${at}`).join('\n'));
  let answered = -1;
  while (answered < 2199) {
    const line = await flooder.next();
    if (line === 'PING') flooder.send('PONG');
    else if (line.startsWith('+OK BCST')) assert.equal(line, `+OK BCST ${++answered}`);
    else assert.equal(line, '+OK HELO flooder');
  }
});

test('who pastes and ends their side at once still has everything carried out', async (t) => {
  const server = await startServerProgram(t, { args: noHeartbeat });
  const bob = await login(t, server, 'bob');
  const flooder = await connectLines(t, server.plain, { halfOpen: true });
  await flooder.next();
  const lines = 1200;
  const paste = Array.from({ length: lines }, (_, at) => `PM @bob ${at}\n`).join('');
  flooder.socket.end(`HELO flooder\n${paste}`);
  for (let at = 0; at < lines; at++) await bob.expect(`PM flooder ${at}`);
  assert.deepEqual(await flooder.rest(), ['+OK HELO flooder']);
});

test('--limits off lifts all of them', async (t) => {
  const server = await startServerProgram(t, { args: [...noHeartbeat, '--limits', 'off'] });
  const alice = await login(t, server, 'alice');
  // As much as a person may send at once: shows how long a line takes on this machine.
  const usualMs = await paste(alice, 1000);
  const tookMs = await paste(alice, 5000);
  // With the limits: 25 seconds, at 200 a second.
  assert.ok(tookMs < 10 * usualMs + 5000, `${tookMs} ms, and ${usualMs} for a fifth of it`);
});

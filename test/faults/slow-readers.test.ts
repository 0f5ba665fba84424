// People who stop reading, and the others, who notice nothing: the real program, with settings that close slow readers
// early. The system's buffers hide some megabytes of each connection, and are filled first.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { startServerProgram, webArgs, type ServerProgram } from '../support/program.ts';
import { residentBytes } from '../support/resident.ts';
import { connectByWeb } from '../support/web-client.ts';

const line = 'x'.repeat(2000);

/** More than the system hides and the caps allow: a connection that is still open after it would never be closed. */
const enoughLines = 10_000;

/** Somebody who has logged in. */
async function login(
  t: TestContext,
  server: ServerProgram,
  name: string,
  connect: () => Promise<LineClient> = () => connectLines(t, server.plain),
): Promise<LineClient> {
  const client = await connect();
  await client.next();
  client.send(`HELO ${name}`);
  await client.expect(`+OK HELO ${name}`);
  return client;
}

/** A person who has logged in and reads nothing from then on. */
async function sleeper(t: TestContext, server: ServerProgram, name: string): Promise<LineClient> {
  const client = await login(t, server, name);
  client.socket.pause();
  return client;
}

/** Sends, and asserts that `listener` gets every line at once, until `until` is true. */
async function speak(
  speaker: LineClient,
  listener: LineClient,
  until: () => Promise<boolean>,
): Promise<void> {
  for (let said = 0; said < enoughLines; said++) {
    speaker.send(`BCST ${line}`);
    await speaker.expect(`+OK BCST ${line}`);
    await listener.expect(`BCST [speaker] ${line}`);
    if (said % 20 === 0 && (await until())) return;
  }
  assert.fail('the slow reader was never given up');
}

function isAlone(speaker: LineClient): () => Promise<boolean> {
  return async () => {
    speaker.send('GET_USERS *all');
    return (await speaker.next()) === '+SUCCESS [speaker, listener]';
  };
}

const settings = {
  'over the hard cap': '--unsent-soft 65536 --unsent-max 1048576 --unsent-timeout 3600',
  'over the soft mark for too long':
    '--unsent-soft 65536 --unsent-max 1000000000 --unsent-timeout 0.2',
};

test('[19] one who stops reading a WebSocket is closed as well; the others hear all', async (t) => {
  const args = [...settings['over the hard cap'].split(' '), ...webArgs];
  const server = await startServerProgram(t, { args });
  const speaker = await login(t, server, 'speaker');
  const listener = await login(t, server, 'listener', () => connectByWeb(t, server.web));
  const slow = await login(t, server, 'slow', () => connectByWeb(t, server.web));
  slow.socket.pause();
  await speak(speaker, listener, isAlone(speaker));
});

for (const [title, args] of Object.entries(settings)) {
  test(`one who stops reading is told and closed, ${title}; the others hear all`, async (t) => {
    const server = await startServerProgram(t, { args: args.split(' ') });
    const speaker = await login(t, server, 'speaker');
    const listener = await login(t, server, 'listener');
    const slow = await sleeper(t, server, 'slow');
    await speak(speaker, listener, isAlone(speaker));
    // A reader that wakes up in time gets all that was buffered, in order, and the reason of the end.
    slow.socket.resume();
    const lines = await slow.rest();
    assert.equal(lines.pop(), 'DSCN you read too slowly');
    assert.ok(lines.every((heard) => heard === `BCST [speaker] ${line}`));
    // The name is free again.
    await login(t, server, 'slow');
  });
}

test('one who reads a byte at a time is closed like one who has stopped', async (t) => {
  const args = '--unsent-soft 65536 --unsent-max 1048576 --unsent-timeout 3600'.split(' ');
  const server = await startServerProgram(t, { args });
  const speaker = await login(t, server, 'speaker');
  const listener = await login(t, server, 'listener');
  const slow = await sleeper(t, server, 'slow');
  const alone = isAlone(speaker);
  await speak(speaker, listener, async () => {
    slow.socket.read(1);
    return alone();
  });
});

test('fifty who stop reading cost no more memory than the cap allows', async (t) => {
  const maxUnsentBytes = 512 * 1024;
  const sleepers = 50;
  const args = `--unsent-soft 65536 --unsent-max ${maxUnsentBytes} --unsent-timeout 3600`;
  const server = await startServerProgram(t, { args: args.split(' ') });
  const speaker = await login(t, server, 'speaker');
  const listener = await login(t, server, 'listener');
  for (let count = 0; count < sleepers; count++) await sleeper(t, server, `slow_${count}`);
  const before = residentBytes(server.process.pid);
  let most = before;
  const alone = isAlone(speaker);
  await speak(speaker, listener, async () => {
    most = Math.max(most, residentBytes(server.process.pid));
    return alone();
  });
  // Garbage that was not collected yet comes on top.
  const allowed = sleepers * maxUnsentBytes + 64 * 1024 * 1024;
  assert.ok(most - before < allowed, `${most - before} bytes`);
});

test('caps that contradict each other are refused', async (t) => {
  const args = '--unsent-soft 2000000 --unsent-max 1000000'.split(' ');
  await assert.rejects(startServerProgram(t, { args }), /unsent-soft is larger than unsent-max/);
});

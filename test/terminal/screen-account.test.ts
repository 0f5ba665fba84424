// What lasts: history over restarts, what was said while one was away, what is typed while there is no connection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { openScene } from '../support/screen.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import type { TestContext } from 'node:test';

async function guest(t: TestContext, server: Listener, name: string): Promise<LineClient> {
  const client = await connectLines(t, server);
  client.send(`HELO ${name}`);
  await client.next();
  await client.next();
  return client;
}

test('after a restart the history is there, with a line before what was missed, page by page to the first', async (t) => {
  const env = { XDG_DATA_HOME: await temporaryFolder(t) };
  const { terminal, eve, server } = await openScene(t, { env });
  eve.send('BCST the gardeners meet');
  for (let number = 1; number <= 600; number++) eve.send(`BCST message ${number}.`);
  await terminal.shows('message 600.');
  terminal.type('I was here', keys.enter);
  await terminal.shows('I was here ✓');
  terminal.type('/quit', keys.enter);
  await terminal.shows('ended with 0');
  eve.send('BCST one while away');
  eve.send('BCST two, bob, while away');
  const alice = await startChat(t, { server: server.plain, name: 'alice' });
  alice.type('@bob for when you are back');
  await alice.eof();
  const { host, port } = server.plain;
  const again = await openTerminal(t, `helo chat --server ${host}:${port} --name bob`, { env });
  await again.shows('two, bob, while away');
  await again.shows('━ unread ━');
  await again.shows('I was here ✓');
  const rows = again.lines().map((line) => line.replace(/^[^│]*│/, ''));
  const unread = rows.findIndex((row) => row.includes('unread'));
  assert.match(rows[unread - 1] ?? '', /I was here/);
  assert.match(rows[unread + 1] ?? '', /one while away/);
  await again.until((lines) => lines.some((line) => /alice +1/.test(line)), 'the message of alice');
  // Each page is waited for: what is before it is read from the disk meanwhile.
  const top = (): string => again.lines()[1] ?? '';
  while (!again.lines().some((line) => line.includes(' message 1.'))) {
    const before = top();
    again.type(keys.pageUp);
    await again.until(() => top() !== before, `a page before ${before}`);
  }
  again.type(keys.altA);
  await again.shows('for when you are back');
  // What is not in memory is found on the device.
  again.type('/search gard', keys.enter);
  await again.shows('the gardeners meet');
  again.type(keys.enter);
  await again.shows('message 2.');
});

test('without a connection typing goes on, and what was typed is sent when there is one again', async (t) => {
  const data = ['--data', await temporaryFolder(t)];
  const { terminal, server } = await openScene(t, { serverArgs: data });
  const { port } = server.plain;
  await server.stop();
  await terminal.shows('no connection, trying again');
  terminal.type('said into the dark', keys.enter);
  await terminal.shows('said into the dark …');
  const { plain } = await startServerProgram(t, {
    args: ['--port', String(port), '--ping-interval', '0', ...data],
  });
  const carol = await guest(t, plain, 'carol');
  await terminal.shows('● connected');
  await terminal.shows('said into the dark ✓');
  void carol;
});

test('a message to somebody away is stored, and shown as delivered when they have it', async (t) => {
  const { terminal, server } = await openScene(t);
  const env = { XDG_DATA_HOME: await temporaryFolder(t) };
  const alice = await startChat(t, { server: server.plain, name: 'alice', env });
  alice.type('hello all');
  await terminal.shows('hello all');
  await alice.eof();
  terminal.type('/msg alice', keys.enter);
  await terminal.shows('@alice');
  terminal.type('read it when you are back', keys.enter);
  await terminal.until(
    (lines) => lines.some((line) => line.trimEnd().endsWith('read it when you are back ✓')),
    'it is stored',
  );
  const back = await startChat(t, { server: server.plain, name: 'alice', env });
  await back.prints('[bob] read it when you are back');
  await terminal.shows('read it when you are back ✓✓');
});

for (const [columns, rows] of [
  [80, 24],
  [200, 50],
] as const) {
  test(`a new device pages beyond what it fetched at first, up to what the server has, at ${columns}x${rows}`, async (t) => {
    const { plain } = await startServerProgram(t, { args: ['--ping-interval', '0'] });
    const eve = await guest(t, plain, 'eve');
    // More than the thousand that a new device fetches by itself.
    for (let number = 1; number <= 1150; number++) eve.send(`BCST message ${number}.`);
    for (let answered = 0; answered < 1150; answered++) await eve.next();
    const { host, port } = plain;
    const terminal = await openTerminal(t, `helo chat --server ${host}:${port} --name bob`, {
      columns,
      rows,
    });
    await terminal.shows('message 1150.');
    const top = (): string => terminal.lines()[1] ?? '';
    while (!terminal.lines().some((line) => line.includes(' message 1.'))) {
      const before = top();
      terminal.type(keys.pageUp);
      await terminal.until(() => top() !== before, `a page before ${before}`);
    }
  });
}

test('what was not to be had without a connection is fetched when there is one again', async (t) => {
  const args = ['--ping-interval', '0', '--data', await temporaryFolder(t)];
  const server = await startServerProgram(t, { args });
  const { host, port } = server.plain;
  const eve = await guest(t, server.plain, 'eve');
  for (let number = 1; number <= 1050; number++) eve.send(`BCST message ${number}.`);
  for (let answered = 0; answered < 1050; answered++) await eve.next();
  const terminal = await openTerminal(t, `helo chat --server ${host}:${port} --name bob`, {
    columns: 200,
    rows: 50,
  });
  await terminal.shows('message 1050.');
  await server.stop();
  await terminal.shows('no connection, trying again');
  const pageUpTo = async (text: string) => {
    const top = (): string => terminal.lines()[1] ?? '';
    while (!terminal.lines().some((line) => line.includes(text))) {
      const before = top();
      terminal.type(keys.pageUp);
      await terminal.until(() => top() !== before, `a page before ${before}`);
    }
  };
  await pageUpTo(' message 51.');
  terminal.type(keys.pageUp, keys.pageUp);
  await startServerProgram(t, { args: ['--port', String(port), ...args] });
  await terminal.shows('● connected');
  await pageUpTo(' message 1.');
});

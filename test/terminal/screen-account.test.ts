// What lasts: history over restarts, messages from while one was away, text typed without a connection.
import assert from 'node:assert/strict';
import { startChat } from '../support/chat-program.ts';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { atBothSizes, atOneSize, openScene, pageUpTo } from '../support/screen.ts';
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

atBothSizes(
  'after a restart the history is there, with a line before what was missed, page by page to the first',
  async (t, size) => {
    const env = { XDG_DATA_HOME: await temporaryFolder(t) };
    const { terminal, eve, server } = await openScene(t, { ...size, env });
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
    const again = await openTerminal(t, `helo chat --server ${host}:${port} --name bob`, {
      ...size,
      env,
    });
    await again.shows('two, bob, while away');
    await again.shows('━ unread ━');
    await again.shows('I was here ✓');
    const rows = again.lines().map((line) => line.replace(/^[^│]*│/, ''));
    const unread = rows.findIndex((row) => row.includes('unread'));
    assert.match(rows[unread - 1] ?? '', /I was here/);
    assert.match(rows[unread + 1] ?? '', /one while away/);
    await again.until(
      (lines) => lines.some((line) => /alice +1/.test(line)),
      'the message of alice',
    );
    await pageUpTo(again, ' message 1.');
    again.type(keys.altA);
    await again.shows('for when you are back');
    // What is not in memory is found on the device.
    again.type('/search gard', keys.enter);
    await again.shows('the gardeners meet');
    again.type(keys.enter);
    await again.shows('message 2.');
  },
);

atOneSize(
  'without a connection typing goes on, and what was typed is sent when there is one again',
  async (t, size) => {
    const data = ['--data', await temporaryFolder(t)];
    const { terminal, server } = await openScene(t, { ...size, serverArgs: data });
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
  },
);

atOneSize(
  'a message to somebody away is stored, and shown as delivered when they have it',
  async (t, size) => {
    const { terminal, server } = await openScene(t, size);
    const env = { XDG_DATA_HOME: await temporaryFolder(t) };
    const alice = await startChat(t, { server: server.plain, name: 'alice', env });
    alice.type('hello all');
    await terminal.shows('hello all');
    await alice.eof();
    terminal.type('/msg alice', keys.enter);
    await terminal.shows('@alice');
    terminal.type('read it when you are back', keys.enter);
    await terminal.until(
      (lines) => lines.some((line) => /read it when you are back ✓(?!✓)/.test(line)),
      'it is stored',
    );
    const back = await startChat(t, { server: server.plain, name: 'alice', env });
    await back.prints('[bob] read it when you are back');
    await terminal.shows('read it when you are back ✓✓');
  },
);

atOneSize(
  'a new device pages beyond what it fetched at first, up to what the server has',
  async (t, size) => {
    const { plain } = await startServerProgram(t, { args: ['--ping-interval', '0'] });
    const eve = await guest(t, plain, 'eve');
    // More than the thousand that a new device fetches by itself.
    for (let number = 1; number <= 1150; number++) eve.send(`BCST message ${number}.`);
    for (let answered = 0; answered < 1150; answered++) await eve.next();
    const { host, port } = plain;
    const terminal = await openTerminal(t, `helo chat --server ${host}:${port} --name bob`, size);
    await terminal.shows('message 1150.');
    await pageUpTo(terminal, ' message 1.');
  },
);

atOneSize(
  'what was not to be had without a connection is fetched when there is one again',
  async (t, size) => {
    const args = ['--ping-interval', '0', '--data', await temporaryFolder(t)];
    const server = await startServerProgram(t, { args });
    const { host, port } = server.plain;
    const eve = await guest(t, server.plain, 'eve');
    for (let number = 1; number <= 1050; number++) eve.send(`BCST message ${number}.`);
    for (let answered = 0; answered < 1050; answered++) await eve.next();
    const terminal = await openTerminal(t, `helo chat --server ${host}:${port} --name bob`, size);
    await terminal.shows('message 1050.');
    await server.stop();
    await terminal.shows('no connection, trying again');
    await pageUpTo(terminal, ' message 51.');
    terminal.type(keys.pageUp, keys.pageUp);
    await startServerProgram(t, { args: ['--port', String(port), ...args] });
    await terminal.shows('● connected');
    await pageUpTo(terminal, ' message 1.');
  },
);

// `helo chat` while the server is unreachable at the start: the device's data can be read, and messages are stored.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { startServerProgram } from '../support/program.ts';
import { openTerminal } from '../support/terminal.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('a server that is down at the start: history and outbox are there, and what waits is named', async (t) => {
  const data = await temporaryFolder(t);
  const home = await temporaryFolder(t);
  const server = await startServerProgram(t, { args: ['--data', home] });
  const at = `${server.plain.host}:${server.plain.port}`;
  const bob = { server: at, name: 'bob', args: ['--data', data] };
  const first = await startChat(t, bob);
  first.type('said before');
  assert.equal((await first.eof()).code, 0);
  server.process.kill('SIGTERM');
  await server.ended;

  // A person, in lines and on the screen.
  const command = `"\${program[@]}" chat --server ${at} --name bob --data '${data}'`;
  const lines = await openTerminal(t, `${command} --plain; echo "ended with $?"`);
  await lines.shows('what you say is kept');
  await lines.shows('[bob] said before');
  lines.type('from the lines\r', 'q\r');
  await lines.shows('ended with 3');
  await lines.shows('not sent yet: "from the lines"');
  const screen = await openTerminal(t, `${command}; echo "ended with $?"`);
  await screen.shows('no connection, trying again');
  await screen.shows('said before');
  screen.type('from the screen\r');
  await screen.shows('from the screen');
  screen.type('/quit\r');
  await screen.shows('ended with 3');

  // A script: it ends in time, and reports each text.
  const script = await startChat(t, { ...bob, args: [...bob.args, '--wait', '1'] });
  script.type('from a script');
  script.type('/join lunch');
  const { code, stderr } = await script.eof();
  assert.equal(code, 3);
  for (const text of ['from the lines', 'from the screen', 'from a script'])
    assert.ok(stderr.includes(`helo: not sent yet: "${text}"`), stderr);
  assert.match(stderr, /nothing was sent\. There is no connection/);
  // Earlier messages are waited for at most as long.
  const silent = await startChat(t, { ...bob, args: [...bob.args, '--wait', '1'] });
  assert.equal((await silent.end()).code, 3);

  // When the server is back, all of them are sent, once and in order.
  const port = String(server.plain.port);
  await startServerProgram(t, { args: ['--data', home, '--port', port] });
  const eve = await startChat(t, { server: at, name: 'eve' });
  eve.type('*all');
  await eve.shows('stdout', /^\[.*eve.*\]$/m);
  const back = await startChat(t, bob);
  back.type('now');
  assert.equal((await back.eof()).code, 0);
  await eve.prints('[bob] now');
  const said = eve.stdout().match(/\[bob\] .*/g);
  assert.deepEqual(said, [
    '[bob] said before',
    '[bob] from the lines',
    '[bob] from the screen',
    '[bob] from a script',
    '[bob] now',
  ]);
});

test('a name that was never in there learns at once that the server is not there', async (t) => {
  const chat = await startChat(t, { server: '127.0.0.1:9', name: 'bob' });
  const { code, stderr } = await chat.end();
  assert.equal(code, 3);
  assert.match(stderr, /^helo: cannot reach 127\.0\.0\.1:9/);
});

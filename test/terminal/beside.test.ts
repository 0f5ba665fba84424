// A second chat at a terminal, while another program has the account open.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterChat } from '../support/chat-program.ts';
import { startServerProgram } from '../support/program.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('it asks once, is a device of its own with the history, and is found again the next time', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const data = await temporaryFolder(t);
  const bob = await enterChat(t, { server, name: 'bob' });
  const first = await enterChat(t, { server, name: 'alice', args: ['--data', data] });
  bob.type('@alice before');
  await first.prints('[bob] before');

  const address = `${server.host}:${server.port}`;
  const chat = `helo chat --plain --server ${address} --name alice --data ${data}`;
  const terminal = await openTerminal(t, `${chat}; echo "ended with $?"; ${chat}`);
  await terminal.endsWith('Make it a device? [y/N]');
  terminal.type('y', keys.enter);
  await terminal.shows('your history is here');
  await bob.tells(/alice has a new terminal, added by their first device/);
  bob.type('@alice after');
  await first.prints('[bob] after');
  await terminal.shows('[bob] after');
  terminal.type('q', keys.enter);
  await terminal.shows('ended with 0');

  // Nobody is asked.
  await terminal.shows('[bob] before');
  terminal.type('@bob from the second', keys.enter);
  await bob.prints('[alice] from the second');
  assert.deepEqual(await readdir(join(data, 'beside')), ['1']);
});

test('without a yes it is as before: what everybody can read', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const data = await temporaryFolder(t);
  await enterChat(t, { server, name: 'alice', args: ['--data', data] });
  const address = `${server.host}:${server.port}`;
  const chat = `helo chat --plain --server ${address} --name alice --data ${data}`;
  const terminal = await openTerminal(t, `${chat}; echo "ended with $?"`);
  await terminal.endsWith('Make it a device? [y/N]');
  terminal.type(keys.enter);
  await terminal.shows('another program is in with this name');
  await assert.rejects(readdir(join(data, 'beside')), { code: 'ENOENT' });
});

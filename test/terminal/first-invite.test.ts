// A new server shows its one-time code to a person who starts it at a terminal, and to nobody else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectExtended, createDevice, logIn, prove } from '../support/extended-client.ts';
import { startServerProgram } from '../support/program.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('the first account from elsewhere is made with the code on the screen, once', async (t) => {
  const data = await temporaryFolder(t);
  const flags = `--port off --tls-port 0 --ping-interval 0 --data ${data}`;
  const terminal = await openTerminal(t, `helo serve ${flags}`, { columns: 120, rows: 40 });
  await terminal.shows('Stop with Ctrl-C');
  const [, code = ''] = /for a week:\s+([a-z\d-]+)/.exec(terminal.raw) ?? [];
  assert.match(code, /^([a-z\d]{6}-){4}[a-z\d]{6}$/);
  const [, port] = /TLS +\S*:(\d+)/.exec(terminal.raw) ?? [];
  const at = { host: '127.0.0.1', port: Number(port) };
  await logIn(t, at, 'alice', { tls: {}, invite: code });
  const second = await connectExtended(t, at, { tls: {} });
  await prove(second, 'bob', createDevice(), { invite: code });
  assert.match((await second.lines.rest()).join(), /^-ERR that one-time code is not valid/);
  terminal.type(keys.ctrlC);
  assert.equal(await terminal.ended, 0);
});

test('what is not a terminal may be a log, and gets no code', async (t) => {
  const server = await startServerProgram(t, { args: ['--tls-port', '0', '--log-level', 'debug'] });
  assert.doesNotMatch(server.stdout() + server.stderr(), /one-time|[a-z\d]{6}-[a-z\d]{6}/);
});

// A server in the foreground of a terminal: after a hangup that somebody sends, it reads its certificate again. The end
// of the terminal itself ends it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectLines } from '../support/line-client.ts';
import { openTerminal } from '../support/terminal.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('SIGHUP reloads while the terminal is there; a closed window ends the server tidily', async (t) => {
  const data = await temporaryFolder(t);
  const flags = `--port 0 --tls-port off --ping-interval 0 --log-level info --data ${data}`;
  const serve = `"\${program[@]}" serve ${flags} & server=$!`;
  const command = `${serve}; read; kill -HUP $server; wait; wait`;
  const terminal = await openTerminal(t, command, { columns: 200, rows: 50 });
  await terminal.shows('Stop with Ctrl-C');
  const [, port] = /plain text +\S*:(\d+)/.exec(terminal.raw) ?? [];
  const alice = await connectLines(t, { host: '127.0.0.1', port: Number(port) });
  alice.send('HELO alice');
  await alice.next();
  await alice.expect('+OK HELO alice');
  terminal.type('\r');
  await terminal.shows('SIGHUP reloads the TLS certificate');
  alice.send('BCST still here');
  await alice.expect('+OK BCST still here');
  terminal.closeWindow();
  assert.deepEqual(await alice.rest(), ['DSCN the server is shutting down']);
});

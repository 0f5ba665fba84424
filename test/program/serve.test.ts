import assert from 'node:assert/strict';
import { test } from 'node:test';
import { features } from '../support/greeting.ts';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram } from '../support/program.ts';

test('a server on a free port says where it listens, and takes people in', async (t) => {
  const server = await startServerProgram(t);
  const { host, port } = server.plain;
  assert.equal(host, '127.0.0.1');
  assert.match(server.stdout(), new RegExp(`^helo \\d+\\.\\d+\\.\\d+ listens on\n.*:${port} `));
  assert.match(server.stdout(), new RegExp(`--server 127\\.0\\.0\\.1:${port} --name NAME$`, 'm'));
  assert.match(server.stdout(), new RegExp(`^ {2}nc 127\\.0\\.0\\.1 ${port} `, 'm'));
  const client = await connectLines(t, server.plain);
  await client.expect(`HELO Welcome to helo ${features}`);
  client.send('HELO alice');
  await client.expect('+OK HELO alice');
  assert.equal(server.stderr(), '');
});

test('the heartbeat is as it was set, in fractions of seconds', async (t) => {
  const args = '--ping-interval 0.2 --pong-timeout 0.2'.split(' ');
  const server = await startServerProgram(t, { args });
  const silent = await connectLines(t, server.plain);
  await silent.next();
  assert.deepEqual(await silent.rest(), ['PING', 'DSCN Pong timeout']);
});

test('the limits are as they were set', async (t) => {
  const args = '--max-connections 1 --max-line-bytes 512'.split(' ');
  const server = await startServerProgram(t, { args });
  const wordy = await connectLines(t, server.plain);
  await wordy.next();
  const second = await connectLines(t, server.plain);
  assert.match((await second.rest()).join(), /^-ERR .*full/);
  wordy.send(`BCST ${'x'.repeat(600)}`);
  assert.match((await wordy.rest()).join(), /^-ERR .*512/);
});

test('without plain text there is TLS alone', async (t) => {
  const server = await startServerProgram(t, { args: ['--port', 'off', '--tls-port', '0'] });
  assert.throws(() => server.plain);
  const client = await connectLines(t, server.tls, { tls: {} });
  await client.expect(`HELO Welcome to helo ${features}`);
});

test('debug logging tells of connections, and of nothing that is written', async (t) => {
  const server = await startServerProgram(t, { args: ['--log-level', 'debug'] });
  const client = await connectLines(t, server.plain);
  await client.next();
  client.send('HELO alice_secretname');
  await client.next();
  client.send('BCST words of mine');
  await client.expect('+OK BCST words of mine');
  const { stderr } = await server.stop();
  assert.match(stderr, /"msg":"connection opened"/);
  assert.doesNotMatch(stderr, /alice_secretname|words of mine|127\.0\.0\.1/);
});

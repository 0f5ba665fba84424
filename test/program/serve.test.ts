import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram } from '../support/program.ts';

test('a server on a free port says where it listens, and takes people in', async (t) => {
  const server = await startServerProgram(t);
  const { host, port } = server.plain;
  assert.equal(host, '127.0.0.1');
  assert.match(server.stdout(), new RegExp(`^helo \\d+\\.\\d+\\.\\d+ listens on\n.*:${port} `));
  assert.match(server.stdout(), new RegExp(`^ {2}nc 127\\.0\\.0\\.1 ${port} `, 'm'));
  const client = await connectLines(t, server.plain);
  await client.expect('HELO Welcome to helo');
  client.send('HELO alice');
  await client.expect('+OK HELO alice');
  assert.equal(server.stderr(), '');
});

test('SIGTERM and SIGINT: people are told, the sockets close, exit code 0', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const server = await startServerProgram(t);
    const client = await connectLines(t, server.plain);
    client.send('HELO alice');
    await client.next();
    await client.expect('+OK HELO alice');
    server.process.kill(signal);
    assert.deepEqual(await client.rest(), ['DSCN the server is shutting down']);
    const { code, signal: by, stderr } = await server.ended;
    assert.deepEqual({ code, by, stderr }, { code: 0, by: null, stderr: '' });
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram } from '../support/program.ts';

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

test('a second signal ends the server at once, where somebody keeps it waiting', async (t) => {
  const server = await startServerProgram(t);
  const client = await connectLines(t, server.plain, { halfOpen: true });
  await client.next();
  server.process.kill('SIGTERM');
  await client.expect('DSCN the server is shutting down');
  server.process.kill('SIGTERM');
  assert.equal((await server.ended).code, 130);
});

test('somebody who never closes does not hold up the end', async (t) => {
  const server = await startServerProgram(t);
  const client = await connectLines(t, server.plain, { halfOpen: true });
  await client.next();
  assert.equal((await server.stop()).code, 0);
});

test('SIGHUP ends nothing, and says what it is for', async (t) => {
  const server = await startServerProgram(t);
  const client = await connectLines(t, server.plain);
  await client.next();
  server.process.kill('SIGHUP');
  await server.shows('stderr', /SIGHUP reloads the TLS certificate, and TLS is off/);
  client.send('HELO alice');
  await client.expect('+OK HELO alice');
});

test('a terminal that went away does not take the server with it', async (t) => {
  const server = await startServerProgram(t);
  server.process.stdout.destroy();
  server.process.stderr.destroy();
  const client = await connectLines(t, server.plain);
  await client.next();
  // Writes to the log, which nobody reads.
  server.process.kill('SIGHUP');
  client.send('HELO alice');
  await client.expect('+OK HELO alice');
  server.process.kill('SIGTERM');
  assert.deepEqual(await client.rest(), ['DSCN the server is shutting down']);
  assert.equal((await server.ended).code, 0);
});

test('a bug ends the server with code 2; its message, which may quote people, is not logged', async (t) => {
  const bug = `process.on('SIGUSR2', () => { throw new RangeError('words of alice'); });`;
  const server = await startServerProgram(t, {
    nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(bug)}`],
  });
  server.process.kill('SIGUSR2');
  const { code, stderr } = await server.ended;
  assert.equal(code, 2);
  const { level, kind, msg } = JSON.parse(stderr);
  const report = 'stopped by a bug of its own, please report it';
  assert.deepEqual({ level, kind, msg }, { level: 'error', kind: 'RangeError', msg: report });
  assert.doesNotMatch(stderr, /words of alice/);
});

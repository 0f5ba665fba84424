import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeUtf8 } from '../../lib/bytes.ts';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { ScriptedConnection } from '../../../test/support/scripted-connection.ts';
import { probeServer } from './server-probe.ts';
import { parseServerAddress } from './server-address.ts';
import { connectTimeoutMs, loginTimeoutMs } from './server-link.ts';

const print = new Uint8Array(32).fill(1);
const otherPrint = new Uint8Array(32).fill(2);
const binding = new Uint8Array(32);

function scene(address: string, known?: Uint8Array) {
  const server = parseServerAddress(address);
  assert.ok(server.ok);
  const connection = new ScriptedConnection();
  const timers = new FakeTimers();
  const knownServers = { fingerprintOf: () => Promise.resolve(known) };
  const ports = { dial: connection.dial, timers, knownServers };
  return { connection, timers, ...probeServer(server.value, ports) };
}

test('a greeting is the answer, in whatever pieces it comes, and nothing is said to the server [7.1]', async () => {
  const { connection, timers, answer } = scene('h:1');
  connection.handlers.onOpen({ kind: 'plain' });
  for (const piece of ['HE', 'LO welcome\r', '\nmore'])
    connection.handlers.onData(encodeUtf8(piece));
  assert.equal(await answer, undefined);
  connection.handlers.onClose(undefined);
  assert.deepEqual([connection.destroyed, connection.written, timers.running], [true, '', 0]);
});

test('whatever else is said first, or nothing, is a reason', async () => {
  for (const [line, code] of [
    ['HTTP/1.1 400 Bad Request\r\n', 'not-a-chat-server'],
    ['-ERR the server is full, try again later\n', 'refused'],
    ['DSCN the server is shutting down\n', 'disconnected'],
    ['x'.repeat(8_000_000), 'overlong-line'],
  ] as const) {
    const { connection, answer } = scene('h:1');
    connection.handlers.onOpen({ kind: 'plain' });
    connection.handlers.onData(encodeUtf8(line));
    assert.equal((await answer)?.code, code);
    assert.equal(connection.destroyed, true);
  }
  const silent = scene('h:1');
  silent.connection.handlers.onOpen({ kind: 'plain' });
  silent.timers.advance(loginTimeoutMs);
  assert.equal((await silent.answer)?.code, 'silent');
});

test('nobody there: refused, gone, or no answer at all', async () => {
  const refused = scene('h:1');
  const failure = { code: 'ECONNREFUSED', detail: 'the connection was refused' };
  refused.connection.handlers.onClose(failure);
  assert.deepEqual(await refused.answer, { code: 'unreachable', failure });
  const deaf = scene('h:1');
  deaf.timers.advance(connectTimeoutMs);
  assert.equal((await deaf.answer)?.code, 'unreachable');
  const left = scene('h:1');
  left.abort();
  assert.equal((await left.answer)?.code, 'quit');
});

test('a certificate is looked at before a byte is read; a wrong one is for the login, where the server has a proof', async () => {
  const inAddress = `tls://h:1#${Buffer.from(print).toString('base64url')}`;
  for (const [address, known, presented, expectedBy] of [
    [inAddress, otherPrint, otherPrint, 'address'],
    ['tls://h:1', otherPrint, print, 'earlier-visit'],
    [inAddress, otherPrint, print, undefined],
    ['tls://h:1', undefined, print, undefined],
    ['tls://h:1', otherPrint, print, 'proof'],
  ] as const) {
    const { connection, answer } = scene(address, known);
    connection.handlers.onOpen({ kind: 'tls', fingerprint: presented, binding });
    assert.equal(connection.paused, true);
    while (connection.paused) await Promise.resolve();
    const mark = expectedBy === 'proof' ? ' [helo: ehlo]' : '';
    connection.handlers.onData(encodeUtf8(`HELO welcome${mark}\n`));
    if (expectedBy === undefined || expectedBy === 'proof') assert.equal(await answer, undefined);
    else {
      const reason = await answer;
      assert.ok(reason?.code === 'untrusted');
      assert.equal(reason.expectedBy, expectedBy);
    }
  }
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { test } from 'node:test';
import { hostsFor, Ports } from './port.ts';

test('a port is bound where the two people came in, and to no more than that', () => {
  for (const [first, second, hosts] of [
    ['127.0.0.1', '127.0.0.1', ['127.0.0.1']],
    ['127.0.0.1', '::', ['::']],
    ['::', '::1', ['::']],
    ['0.0.0.0', '127.0.0.1', ['0.0.0.0']],
    ['0.0.0.0', '::', ['::']],
    ['0.0.0.0', '::1', ['0.0.0.0', '::1']],
    ['127.0.0.1', '192.0.2.7', ['127.0.0.1', '192.0.2.7']],
  ] as const) {
    assert.deepEqual(hostsFor(first, second), hosts, `${first} and ${second}`);
    assert.deepEqual(new Set(hostsFor(second, first)), new Set(hosts), `${second} and ${first}`);
  }
});

test('one number serves two addresses', async (t) => {
  const came: string[] = [];
  const ports = new Ports(undefined);
  const port = await ports.open(['127.0.0.1', '127.0.0.2'], (socket) => {
    assert.ok(socket instanceof Socket);
    came.push(socket.localAddress ?? '');
    socket.destroy();
  });
  assert.ok(port);
  t.after(() => port.close());
  for (const host of ['127.0.0.1', '127.0.0.2']) {
    await once(connect({ host, port: port.number }).resume(), 'close');
  }
  assert.deepEqual(came, ['127.0.0.1', '127.0.0.2']);
});

test('an address that this machine does not have is no port', async () => {
  assert.equal(await new Ports(undefined).open(['192.0.2.7'], () => {}), undefined);
});

import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';
import { withinLimit } from '../../../test/support/time-limit.ts';
import type { ConnectionFailure, ServerProof } from '../../client/ports.ts';
import { parseServerAddress } from '../../client/connection/server-address.ts';
import { dial } from './connection.ts';

async function portOf(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Dials and collects the events. */
function call(t: TestContext, address: string) {
  const parsed = parseServerAddress(address);
  assert.ok(parsed.ok);
  let text = '';
  let opened: (proof: ServerProof) => void = () => {};
  let closed: (failure: ConnectionFailure | undefined) => void = () => {};
  let heard: () => void = () => {};
  let drained: () => void = () => {};
  const open = new Promise<ServerProof>((resolve) => (opened = resolve));
  const close = new Promise<ConnectionFailure | undefined>((resolve) => (closed = resolve));
  const drain = new Promise<void>((resolve) => (drained = resolve));
  const connection = dial(parsed.value, {
    onOpen: (proof) => opened(proof),
    onData(bytes) {
      text += Buffer.from(bytes).toString();
      heard();
    },
    onDrain: () => drained(),
    onClose: (failure) => closed(failure),
  });
  t.after(() => connection.destroy());
  const hears = async (wanted: string) => {
    while (!text.includes(wanted)) await new Promise<void>((resolve) => (heard = resolve));
  };
  return {
    connection,
    open: () => withinLimit(open, 'the connection'),
    close: () => withinLimit(close, 'the end'),
    drain: () => withinLimit(drain, 'the drain'),
    hears: (wanted: string) => withinLimit(hears(wanted), wanted),
  };
}

test('bytes go both ways over TCP, and the end comes without a failure', async (t) => {
  const server = createServer((socket) => socket.pipe(socket));
  const { connection, open, close, hears } = call(t, `127.0.0.1:${await portOf(t, server)}`);
  assert.deepEqual(await open(), { kind: 'plain' });
  connection.write(Buffer.from('hello'));
  await hears('hello');
  connection.end();
  assert.equal(await close(), undefined);
  connection.write(Buffer.from('too late'));
});

test('TLS shows the fingerprint of the certificate and the binding that the server sees, over TLS 1.3 only', async (t) => {
  const { private: key, cert } = await generate([], { keyType: 'ec', curve: 'P-256' });
  const server = createTlsServer({ key, cert }, (socket) => {
    socket.on('error', () => {});
    const binding = socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
    socket.end(`speaks ${socket.getProtocol()} ${binding.toString('hex')}`);
  });
  const { open, close, hears } = call(t, `tls://127.0.0.1:${await portOf(t, server)}`);
  const fingerprint = new Uint8Array(
    createHash('sha256').update(new X509Certificate(cert).raw).digest(),
  );
  const proof = await open();
  assert.ok(proof.kind === 'tls');
  assert.deepEqual(proof.fingerprint, fingerprint);
  await hears(`speaks TLSv1.3 ${Buffer.from(proof.binding).toString('hex')}`);
  await close();

  const old = createTlsServer({ key, cert, maxVersion: 'TLSv1.2' });
  const refused = call(t, `tls://localhost:${await portOf(t, old)}`);
  assert.match((await refused.close())?.code ?? '', /SSL|TLS|EPROTO|ECONNRESET/);
});

test('why nobody is reached is told by code and in words', async (t) => {
  const gone = createServer();
  const port = await portOf(t, gone);
  gone.close();
  const { close } = call(t, `127.0.0.1:${port}`);
  assert.deepEqual(await close(), { code: 'ECONNREFUSED', detail: 'the connection was refused' });
  const plain = createServer((socket) => socket.on('error', () => {}).end('HELO hi\n'));
  const spoken = call(t, `tls://127.0.0.1:${await portOf(t, plain)}`);
  assert.match((await spoken.close())?.code ?? '', /SSL|EPROTO/);
});

test('what cannot be sent is counted, and the drain is told', async (t) => {
  const server = createServer({ pauseOnConnect: true });
  const { connection, open, drain } = call(t, `127.0.0.1:${await portOf(t, server)}`);
  const accepted = once(server, 'connection');
  await open();
  const chunk = Buffer.alloc(1024 * 1024);
  while (connection.unsentBytes < 2 * chunk.length) {
    connection.write(chunk);
    await new Promise(setImmediate);
  }
  const [socket] = await accepted;
  socket.resume();
  await drain();
  assert.equal(connection.unsentBytes, 0);
  socket.destroy();
});

test('a paused connection delivers when it goes on', async (t) => {
  const server = createServer((socket) => void socket.write('one'));
  const { connection, open, hears } = call(t, `127.0.0.1:${await portOf(t, server)}`);
  await open();
  connection.pause();
  connection.resume();
  await hears('one');
});

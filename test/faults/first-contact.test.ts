// An attacker answers at a server's address when a device goes there for the first time: it gets nothing, and the real
// server is accepted afterwards as if nothing had happened.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { issueCertificate } from '../support/certificates.ts';
import { startChat } from '../support/chat-program.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Passes on what arrives at one address, to where it is told. */
async function startSwitch(t: TestContext) {
  let to: Listener | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    if (to === undefined) {
      from.destroy();
      return;
    }
    const onward = connect(to);
    for (const [a, b] of [
      [from, onward],
      [onward, from],
    ] as const) {
      sockets.add(a);
      a.on('error', () => b.destroy());
      a.on('close', () => b.destroy());
      a.pipe(b);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (server.address() as AddressInfo).port,
    leadsTo: (listener: Listener) => void (to = listener),
  };
}

/** Ends TLS with a certificate of its own, and passes on everything. */
async function startRelay(t: TestContext, server: Listener): Promise<Listener> {
  const { certFile, keyFile } = await issueCertificate(await temporaryFolder(t), 'relay');
  const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
  const relay = createTlsServer({ cert, key }, (from) => {
    const onward = connectTls({ ...server, rejectUnauthorized: false });
    t.after(() => {
      from.destroy();
      onward.destroy();
    });
    from.on('error', () => onward.destroy());
    onward.on('error', () => from.destroy());
    from.pipe(onward).pipe(from);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  t.after(() => relay.close());
  return { host: '127.0.0.1', port: (relay.address() as AddressInfo).port };
}

test('a first contact that a false server spoiled costs nothing: the server itself is let in without being forgotten', async (t) => {
  const flags = ['--tls-port', '0', '--ping-interval', '0'];
  const server = await startServerProgram(t, { args: [...flags, '--registration', 'open'] });
  const closed = ['--registration', 'closed', '--guests', 'off'];
  const other = await startServerProgram(t, { args: [...flags, ...closed] });
  const ways = {
    'tls://': { real: server.tls, others: [await startRelay(t, server.tls), other.tls] },
    '': { real: server.plain, others: [other.plain] },
  };
  let people = 0;
  for (const [scheme, { real, others }] of Object.entries(ways)) {
    for (const falseOne of others) {
      const at = await startSwitch(t);
      const name = `alice${++people}`;
      const args = ['--data', join(await temporaryFolder(t), 'client')];
      const visit = { server: `${scheme}127.0.0.1:${at.port}`, name, args };
      at.leadsTo(falseOne);
      const spoiled = await startChat(t, visit);
      spoiled.type('a secret');
      spoiled.type('q');
      const { code, stderr, stdout } = await spoiled.end();
      assert.notEqual(code, 0, stdout + stderr);
      at.leadsTo(real);
      const chat = await startChat(t, visit);
      chat.type('hello');
      chat.type('q');
      const end = await chat.end();
      assert.equal(end.code, 0, end.stderr);
      assert.doesNotMatch(end.stderr, /CERTIFICATE|IDENTITY/);
    }
  }
});

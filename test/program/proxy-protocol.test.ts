// The real server behind a proxy that says whose a connection is in a header before its bytes: at every listener it is the
// person's address that counts, and without a header nobody gets in.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { connectLines, lineClientOn, type LineClient } from '../support/line-client.ts';
import { runProgram, startServerProgram, webArgs, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';
import { connectByWeb } from '../support/web-client.ts';

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

/** What a proxy says first: that it speaks for somebody, or for itself. */
const header = {
  line: (address: string): Buffer => Buffer.from(`PROXY TCP4 ${address} 192.0.2.1 50000 1337\r\n`),
  binary: (address: string): Buffer =>
    Buffer.concat([
      signature,
      Buffer.from([0x21, 0x11, 0, 15]),
      Buffer.from(address.split('.').map(Number)),
      Buffer.from([192, 0, 2, 1, 0xc3, 0x50, 0x05, 0x39]),
      // An extension that means nothing to the server.
      Buffer.from([0x04, 0, 0]),
    ]),
  itself: (): Buffer => Buffer.concat([signature, Buffer.from([0x20, 0, 0, 0])]),
};

/** A connection as a proxy makes it. */
async function passOn(t: TestContext, { port }: Listener, first: Buffer): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port });
  t.after(() => socket.destroy());
  socket.on('error', () => {});
  await withinLimit(once(socket, 'connect'), 'a connection');
  socket.write(first);
  return socket;
}

const args = ['--ping-interval', '0', '--guests', 'on', '--tls-port', '0', ...webArgs];

async function startBehindProxy(t: TestContext) {
  const data = await temporaryFolder(t);
  const server = await startServerProgram(t, {
    args: [...args, '--data', data, '--proxy-protocol', '127.0.0.1'],
  });
  /** Enters as a guest at each listener, for the person at `address`. */
  const doors: Readonly<Record<string, (address: string) => Promise<LineClient>>> = {
    'plain text, a line before it': async (address) =>
      lineClientOn(t, await passOn(t, server.plain, header.line(address))),
    'plain text, a binary header before it': async (address) =>
      lineClientOn(t, await passOn(t, server.plain, header.binary(address))),
    'plain text, all in one piece': async (address) =>
      lineClientOn(
        t,
        await passOn(
          t,
          server.plain,
          Buffer.concat([header.binary(address), Buffer.from('HELO early\n')]),
        ),
      ),
    TLS: async (address) => {
      const socket = await passOn(t, server.tls, header.line(address));
      return lineClientOn(t, connectTls({ socket, rejectUnauthorized: false }));
    },
    HTTP: async (address) => {
      const socket = await passOn(t, server.web, header.binary(address));
      return connectByWeb(t, server.web, { createConnection: () => socket });
    },
    HTTPS: async (address) => {
      const socket = await passOn(t, server.tls, header.binary(address));
      const tls = connectTls({ socket, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
      return connectByWeb(t, server.tls, { secure: true, createConnection: () => tls });
    },
  };
  const admin = (...words: string[]) =>
    runProgram(t, { args: ['admin', ...words, '--data', data] });
  return { server, doors, admin };
}

test('people behind a proxy are told apart by their own addresses, at every listener', async (t) => {
  const { doors, admin } = await startBehindProxy(t);
  await admin('ban', '203.0.113.9');
  for (const [door, enter] of Object.entries(doors)) {
    const name = `guest${Object.keys(doors).indexOf(door)}`;
    const banned = await enter('203.0.113.9');
    assert.match(await banned.next(), /^HELO /, door);
    if (!door.includes('one piece')) banned.send(`HELO ${name}`);
    assert.match((await banned.rest()).join(), /^-ERR nobody new is let in/, door);
    const other = await enter('198.51.100.7');
    assert.match(await other.next(), /^HELO /, door);
    if (!door.includes('one piece')) other.send(`HELO ${name}`);
    assert.match(await other.next(), /^\+OK /, door);
  }
});

test('a proxy may speak for itself, as when it asks whether the server is there', async (t) => {
  const { server } = await startBehindProxy(t);
  const check = lineClientOn(t, await passOn(t, server.plain, header.itself()));
  assert.match(await check.next(), /^HELO /);
});

test('from a proxy without a whole header nothing gets in, and no answer comes out', async (t) => {
  const { server } = await startBehindProxy(t);
  for (const first of ['HELO bob\n', 'PROXY TCP4 203.0.113.9\r\n', 'GET / HTTP/1.1\r\n\r\n']) {
    for (const at of [server.plain, server.tls, server.web]) {
      const socket = await passOn(t, at, Buffer.from(first));
      assert.deepEqual(await lineClientOn(t, socket).rest(), [], first);
    }
  }
  const half = await passOn(t, server.plain, header.line('203.0.113.9').subarray(0, 20));
  assert.deepEqual(await lineClientOn(t, half).rest(), [], 'it is not waited for without end');
});

test('nobody else is believed: a header is no line of the protocol', async (t) => {
  const { server } = await startBehindProxy(t);
  const stranger = await connectLines(t, server.plain, { from: '127.0.0.2' });
  assert.match(await stranger.next(), /^HELO /);
  stranger.send('PROXY TCP4 203.0.113.9 192.0.2.1 50000 1337');
  assert.match(await stranger.next(), /^-SOFT_ERR log in first/);
});

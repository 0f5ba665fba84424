// Files at the real server over real WebSockets [19.1]: who gets to a transfer port, with people on other transports, and
// what those cost who send without end, read nothing, or say nothing. The transcripts of 7.11 are played over them too.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { createDevice, logIn } from '../support/extended-client.ts';
import { asksFor, drawFileId, isOver, tell } from '../support/kept-people.ts';
import {
  startServerProgram,
  webArgs,
  type Listener,
  type ServerProgram,
} from '../support/program.ts';
import { residentBytes } from '../support/resident.ts';
import { eventually, withinLimit } from '../support/time-limit.ts';
import { visitByWeb, webFileStream } from '../support/web-file.ts';
import { webSocketTo, type WebClientOptions } from '../support/web-client.ts';
import { agree, ByteClient, delivered, login } from '../support/worlds/file-people.ts';

const args = ['--ping-interval', '0', ...webArgs];
const mebibyte = 1024 * 1024;

/** The status of the answer to a request that becomes no WebSocket. */
async function refusal(
  t: TestContext,
  server: ServerProgram,
  path: string,
  options: WebClientOptions = {},
): Promise<number> {
  const webSocket = webSocketTo(t, server.web, { path, ...options });
  const [, response] = await withinLimit(once(webSocket, 'unexpected-response'), 'a refusal');
  return response.statusCode;
}

/** Bytes to and from a port. */
async function openStream(
  t: TestContext,
  at: Listener,
  port: number,
  options: WebClientOptions & { readonly secure?: boolean } = {},
): Promise<Duplex> {
  const webSocket = webSocketTo(t, at, { path: `/file/${port}`, ...options });
  const stream = webFileStream(webSocket);
  await withinLimit(once(webSocket, 'open'), 'a WebSocket');
  return stream;
}

/** How much of what was written waits, once that has not changed for many looks. */
async function standstill(socket: Duplex): Promise<number> {
  let left = Infinity;
  let looks = 0;
  await eventually(() => {
    looks = socket.writableLength === left ? looks + 1 : 0;
    left = socket.writableLength;
    return looks >= 50;
  }, 'a side that waits');
  return left;
}

async function scene(t: TestContext, ...more: string[]) {
  const server = await startServerProgram(t, { args: [...args, ...more] });
  const alice = await login(t, server.plain, 'alice');
  const bob = await login(t, server.plain, 'bob');
  return { server, alice, bob };
}

test('[19.1] only the page of the server itself gets to a port, and only where there is one', async (t) => {
  const people = await scene(t);
  const { server } = people;
  // Before the first file, and beside one.
  assert.equal(await refusal(t, server, '/file/1337'), 404);
  const port = await agree(people);
  for (const path of ['/file/1', '/file/0', '/file/65536', `/file/${port}/`, '/file']) {
    assert.equal(await refusal(t, server, path), 404, path);
  }
  const path = `/file/${port}`;
  for (const origin of ['http://evil.example', `https://127.0.0.1:${server.web.port}`, 'null']) {
    assert.equal(await refusal(t, server, path, { origin }), 403, origin);
  }
  assert.equal(await refusal(t, server, path, { headers: { host: 'evil.example' } }), 403);
  const asked = await fetch(`http://127.0.0.1:${server.web.port}${path}`);
  assert.equal(asked.status, 426);
  // The port has seen none of them.
  const receiver = await visitByWeb(t, server.web, port);
  receiver.send('OPEN_PORT_TO_RECEIVE bob');
  const sender = new ByteClient(t, port);
  await sender.send('FILE <alice @bob m content\n');
  await receiver.expect('FILE <alice @alice m content');
  receiver.send(`${delivered} @alice`);
  assert.equal((await sender.rest()).toString(), `${delivered}\n`);
  assert.deepEqual(await receiver.rest(), []);
});

test('[19.1] who comes to a port by a WebSocket has the address of its connection', async (t) => {
  const people = await scene(t);
  const port = await agree(people);
  // Without a proof the receiver is known by its address [7.11].
  const stranger = await visitByWeb(t, people.server.web, port, { localAddress: '127.0.0.2' });
  stranger.send('OPEN_PORT_TO_RECEIVE bob');
  assert.deepEqual(await stranger.rest(), []);
  const receiver = await visitByWeb(t, people.server.web, port);
  receiver.send('OPEN_PORT_TO_RECEIVE bob');
  const sender = await visitByWeb(t, people.server.web, port);
  sender.send('FILE <alice @bob m content');
  await receiver.expect('FILE <alice @alice m content');
});

test('[19.1] behind a proxy that is trusted the address is the one that it names', async (t) => {
  const people = await scene(t, '--web-proxies', '127.0.0.1', '--guests', 'on');
  const port = await agree(people);
  const place = `127.0.0.1:${people.server.web.port}`;
  const from = (address: string) => ({
    origin: `https://${place}`,
    headers: { 'x-forwarded-for': address, 'x-forwarded-proto': 'https' },
  });
  const stranger = await visitByWeb(t, people.server.web, port, from('203.0.113.9'));
  stranger.send('OPEN_PORT_TO_RECEIVE bob');
  assert.deepEqual(await stranger.rest(), []);
  const receiver = await visitByWeb(t, people.server.web, port, from('127.0.0.1'));
  receiver.send('OPEN_PORT_TO_RECEIVE bob');
  const sender = new ByteClient(t, port);
  await sender.send('FILE <alice @bob m content\n');
  await receiver.expect('FILE <alice @alice m content');
});

test('[19.1] over https, with a person on TLS, many megabytes arrive as they were', async (t) => {
  const server = await startServerProgram(t, {
    args: [...args, '--tls-port', '0', '--guests', 'on'],
  });
  const alice = await login(t, server.tls, 'alice', { secure: true });
  const bob = await login(t, server.tls, 'bob', { secure: true });
  const content = randomBytes(20 * mebibyte + 7);
  const header = 'FILE <alice @alice m ';

  const first = await agree({ alice, bob });
  // A plain connection of the page would not be let in: both are in the chat over TLS.
  const page = await visitByWeb(t, server.tls, first, { secure: true });
  const receiver = new ByteClient(t, first, { secure: true });
  await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
  page.socket.write(Buffer.concat([Buffer.from('FILE <alice @bob m '), content]));
  await receiver.expect(header);
  assert.ok((await receiver.take(content.length)).equals(content), 'from the page');
  await receiver.send(`${delivered} @alice\n`);
  assert.deepEqual(await page.rest(), [delivered]);

  const second = await agree({ alice, bob });
  const back = await openStream(t, server.tls, second, { secure: true });
  back.write('OPEN_PORT_TO_RECEIVE bob\n');
  const sender = new ByteClient(t, second, { secure: true });
  void sender.send(Buffer.concat([Buffer.from('FILE <alice @bob m '), content]));
  const got: Buffer[] = [];
  back.on('data', (piece: Buffer) => {
    got.push(piece);
    const length = got.reduce((sum, one) => sum + one.length, 0);
    if (length === header.length + content.length) back.write(`${delivered} @alice\n`);
  });
  assert.equal((await sender.rest()).toString(), `${delivered}\n`);
  assert.ok(Buffer.concat(got).subarray(header.length).equals(content), 'to the page');
});

test('[19.1] a kept file is brought and fetched by WebSockets: an empty message ends a direction', async (t) => {
  const server = await startServerProgram(t, { args });
  const alice = await logIn(t, server.plain, 'alice', { device: createDevice() });
  const bob = await logIn(t, server.plain, 'bob', { device: createDevice() });
  const content = randomBytes(3 * mebibyte);
  const id = drawFileId();
  const { answer } = await alice.ask('UPLOAD', {
    in: '@bob',
    id,
    bytes: content.length,
    from: 0,
  });
  const uploader = await visitByWeb(t, server.web, answer['port'] as number);
  uploader.send(`UPLOAD ${id} ${String(answer['ticket'])}`);
  uploader.socket.end(content);
  assert.equal((await isOver(alice, id))['have'], content.length);
  assert.deepEqual(await uploader.rest(), []);
  assert.equal(await asksFor(alice, id, '@bob'), content.length);
  await tell(alice, bob, 'bob', id, 1);
  const { answer: found } = await bob.ask('FETCH', { id, from: 0 });
  const stream = await openStream(t, server.web, found['port'] as number);
  stream.write(`FETCH ${id} ${String(found['ticket'])}\n`);
  const got: Buffer[] = [];
  stream.on('data', (piece: Buffer) => got.push(piece));
  await withinLimit(once(stream, 'end'), 'the end of the file');
  assert.ok(Buffer.concat(got).equals(content));
});

test('[19.1] whoever reads nothing stops the sender, and costs a window', async (t) => {
  const people = await scene(t);
  const port = await agree(people);
  const webSocket = webSocketTo(t, people.server.web, { path: `/file/${port}` });
  await withinLimit(once(webSocket, 'open'), 'a WebSocket');
  webSocket.send(Buffer.from('OPEN_PORT_TO_RECEIVE bob\n'));
  let received = 0;
  // It reads the network, and never says that it has read anything.
  webSocket.on('message', (message: Buffer) => (received += message.length));
  const before = residentBytes(people.server.process.pid);
  const sender = new ByteClient(t, port);
  void sender.send('FILE <alice @bob m ');
  const chunk = randomBytes(mebibyte);
  for (let sent = 0; sent < 200; sent++) void sender.send(chunk);
  const left = await standstill(sender.socket);
  assert.ok(received >= 4 * mebibyte, `${received} bytes are on the way`);
  assert.ok(received < 6 * mebibyte, `${received} bytes are on the way`);
  assert.ok(left > 150 * mebibyte, `${left} bytes wait at the sender`);
  const grown = residentBytes(people.server.process.pid) - before;
  assert.ok(grown < 64 * mebibyte, `${grown} bytes more in the server`);
});

test('[19.1] a page that sends to nobody is not read on, and costs little', async (t) => {
  const people = await scene(t);
  const port = await agree(people);
  const before = residentBytes(people.server.process.pid);
  const page = await visitByWeb(t, people.server.web, port);
  page.socket.write('FILE <alice @bob m ');
  const chunk = randomBytes(mebibyte);
  for (let sent = 0; sent < 200; sent++) page.socket.write(chunk);
  const left = await standstill(page.socket);
  assert.ok(left > 150 * mebibyte, `${left} bytes wait at the page`);
  const grown = residentBytes(people.server.process.pid) - before;
  assert.ok(grown < 64 * mebibyte, `${grown} bytes more in the server`);
  // The receiver comes late, and gets all of it.
  const receiver = new ByteClient(t, port);
  await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
  await receiver.expect('FILE <alice @alice m ');
  assert.ok((await receiver.take(mebibyte)).equals(chunk));
});

test('[19.1] what is no stream of a port ends the WebSocket', async (t) => {
  const people = await scene(t);
  const port = await agree(people);
  const path = `/file/${port}`;
  const open = async () => {
    const webSocket = webSocketTo(t, people.server.web, { path });
    await withinLimit(once(webSocket, 'open'), 'a WebSocket');
    return webSocket;
  };
  const closing = async (webSocket: Awaited<ReturnType<typeof open>>): Promise<unknown> =>
    (await withinLimit(once(webSocket, 'close'), 'a close'))[0];
  for (const text of ['HELO', 'read 1', 'read x', 'x'.repeat(1000)]) {
    const wrong = await open();
    wrong.send(text);
    assert.equal(await closing(wrong), 1002, text);
  }
  const long = await open();
  long.send(Buffer.alloc(256 * 1024 + 1));
  assert.equal(await closing(long), 1009);
  const stranger = await open();
  stranger.send(Buffer.from('GET_USERS *all\n'));
  assert.equal(await closing(stranger), 1006);
  // More than the metadata is long, which nobody holds.
  const endless = await open();
  for (let sent = 0; sent < 40; sent++) endless.send(Buffer.alloc(200 * 1024, 'x'));
  assert.equal(await closing(endless), 1006);
});

test('[19.1] a request whose head never ends is refused', async (t) => {
  const { server } = await scene(t);
  const socket = connect(server.web.port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.on('error', () => {});
  socket.write('GET /file/1 HTTP/1.1\r\n');
  const line = `x-more: ${'x'.repeat(1000)}\r\n`;
  socket.write(line.repeat(64));
  let said = '';
  socket.setEncoding('latin1').on('data', (text) => (said += text));
  await withinLimit(once(socket, 'close'), 'a close');
  assert.match(said, /^HTTP\/1\.1 431 /);
});

test('[19.1] a server that stops ends WebSockets at its ports', async (t) => {
  const people = await scene(t);
  const port = await agree(people);
  const receiver = await visitByWeb(t, people.server.web, port);
  receiver.send('OPEN_PORT_TO_RECEIVE bob');
  const sender = await visitByWeb(t, people.server.web, port);
  sender.send('FILE <alice @bob m content');
  await receiver.expect('FILE <alice @alice m content');
  const { code } = await people.server.stop();
  assert.equal(code, 0);
  await receiver.rest();
  await sender.rest();
});

// The real server behind Caddy, by the recipe of docs/OPERATIONS.md [19].
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Readable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import type { WebSocket } from 'ws';
import { connectByWeb, webSocketTo } from '../support/web-client.ts';
import { runProgram, startServerProgram, webArgs, type Listener } from '../support/program.ts';
import { caddyName, startCaddy, withoutCaddy } from '../support/servers/caddy.ts';
import { agree, delivered } from '../support/worlds/file-people.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';
import { visitByWeb, webFileStream } from '../support/web-file.ts';

async function startBehindCaddy(t: TestContext, more?: string) {
  const data = await temporaryFolder(t);
  const trust = ['--web-proxies', '127.0.0.1'];
  const server = await startServerProgram(t, {
    args: ['--ping-interval', '0', '--guests', 'on', '--data', data, ...webArgs, ...trust],
  });
  const caddy = await startCaddy(t, server, more);
  await runProgram(t, { args: ['admin', 'ban', '203.0.113.9', '--data', data] });
  return { ...caddy, origin: `https://${caddyName}:${caddy.port}` };
}

/** As a browser that knows the name asks. */
const asBrowser = ({ port, origin }: Listener & { readonly origin: string }) => ({
  secure: true,
  origin,
  servername: caddyName,
  headers: { host: `${caddyName}:${port}` },
});

async function get(at: Listener, path: string): Promise<{ head: IncomingMessage; body: Buffer }> {
  const asked = request({
    ...at,
    path,
    servername: caddyName,
    rejectUnauthorized: false,
    headers: { host: `${caddyName}:${at.port}`, 'accept-encoding': 'br' },
  });
  asked.end();
  const [head] = (await withinLimit(once(asked, 'response'), 'an answer')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of head) pieces.push(piece as Buffer);
  return { head, body: Buffer.concat(pieces) };
}

const refused = async (webSocket: WebSocket): Promise<number | undefined> => {
  const [, answer] = (await withinLimit(once(webSocket, 'unexpected-response'), 'a refusal')) as [
    unknown,
    IncomingMessage,
  ];
  return answer.statusCode;
};

const enters = async (
  t: TestContext,
  at: Listener & { readonly origin: string },
  forwardedFor: string,
): Promise<string> => {
  const options = asBrowser(at);
  const headers = { ...options.headers, 'x-forwarded-for': forwardedFor };
  const guest = await connectByWeb(t, at, { ...options, headers });
  assert.match(await guest.next(), /^HELO /);
  guest.send('HELO bob');
  return guest.next();
};

test(
  '[19] Caddy serves the page and its WebSocket, under its own name alone',
  { skip: withoutCaddy },
  async (t) => {
    const caddy = await startBehindCaddy(t);
    const { head, body } = await get(caddy, '/');
    assert.equal(head.statusCode, 200);
    assert.equal(head.headers['content-encoding'], 'br');
    assert.match(brotliDecompressSync(body).toString(), /<title>helo/);
    assert.match(String(head.headers['content-security-policy']), /^default-src 'none'/);
    const guest = await connectByWeb(t, caddy, asBrowser(caddy));
    assert.match(await guest.next(), /^HELO /);
    const elsewhere = { ...asBrowser(caddy), origin: 'https://evil.example' };
    assert.equal(await refused(webSocketTo(t, caddy, elsewhere)), 403);
  },
);

test(
  '[19] nobody says by a header of their own whom Caddy speaks for',
  { skip: withoutCaddy },
  async (t) => {
    const caddy = await startBehindCaddy(t);
    assert.match(await enters(t, caddy, '203.0.113.9'), /^\+OK /);
  },
);

test('[19] a proxy before Caddy that it trusts is believed', { skip: withoutCaddy }, async (t) => {
  const caddy = await startBehindCaddy(t, '    trusted_proxies 127.0.0.1');
  assert.match(await enters(t, caddy, '203.0.113.9'), /^-ERR nobody new is let in/);
  assert.match(await enters(t, caddy, '198.51.100.7'), /^\+OK /);
});

test(
  '[19.1] Caddy passes files on, whole and in both directions',
  { skip: withoutCaddy },
  async (t) => {
    const caddy = await startBehindCaddy(t);
    const enter = async (name: string) => {
      const person = await connectByWeb(t, caddy, asBrowser(caddy));
      assert.match(await person.next(), /^HELO /);
      person.send(`HELO ${name}`);
      await person.expect(`+OK HELO ${name}`);
      return person;
    };
    const alice = await enter('alice');
    const bob = await enter('bob');
    const port = await agree({ alice, bob });
    const content = randomBytes(5 * 1024 * 1024 + 3);
    const header = Buffer.from('FILE <alice @alice m ');

    const stranger = webSocketTo(t, caddy, {
      ...asBrowser(caddy),
      path: `/file/${port}`,
      origin: 'https://evil.example',
    });
    assert.equal(await refused(stranger), 403);

    const webSocket = webSocketTo(t, caddy, { ...asBrowser(caddy), path: `/file/${port}` });
    const receiver = webFileStream(webSocket);
    await withinLimit(once(webSocket, 'open'), 'a WebSocket');
    receiver.write('OPEN_PORT_TO_RECEIVE bob\n');
    const sender = await visitByWeb(t, caddy, port, asBrowser(caddy));
    sender.socket.write(Buffer.concat([Buffer.from('FILE <alice @bob m '), content]));
    const come = withinLimit(take(receiver, header.length + content.length), 'the file');
    assert.ok((await come).equals(Buffer.concat([header, content])));
    receiver.write(`${delivered} @alice\n`);
    assert.deepEqual(await sender.rest(), [delivered]);
  },
);

async function take(stream: Readable, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let left = length;
  for await (const piece of stream.iterator({ destroyOnReturn: false })) {
    pieces.push(piece as Buffer);
    left -= (piece as Buffer).length;
    if (left <= 0) break;
  }
  return Buffer.concat(pieces);
}

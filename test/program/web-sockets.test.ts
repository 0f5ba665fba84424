// The real server over real WebSockets [19].
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { test, type TestContext } from 'node:test';
import type { WebSocket } from 'ws';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram, webArgs, type ServerProgram } from '../support/program.ts';
import { withinLimit } from '../support/time-limit.ts';
import { connectByWeb, webSocketTo, type WebClientOptions } from '../support/web-client.ts';

const quiet = ['--ping-interval', '0'];

/** The status of the answer to a request that becomes no WebSocket. */
async function refusal(
  t: TestContext,
  server: ServerProgram,
  options: WebClientOptions,
): Promise<number> {
  const webSocket = webSocketTo(t, server.web, options);
  const [, response] = await withinLimit(once(webSocket, 'unexpected-response'), 'a refusal');
  return response.statusCode;
}

/** The code that it is closed with. */
async function closing(webSocket: WebSocket): Promise<number> {
  const [code] = await withinLimit(once(webSocket, 'close'), 'a close');
  return code;
}

test('[19] only the page of the server itself opens a WebSocket', async (t) => {
  const server = await startServerProgram(t, { args: [...quiet, ...webArgs] });
  const place = `127.0.0.1:${server.web.port}`;
  for (const origin of ['http://evil.example', `https://${place}`, 'null', 'http://127.0.0.1']) {
    assert.equal(await refusal(t, server, { origin }), 403, origin);
  }
  assert.equal(await refusal(t, server, { headers: { host: 'evil.example' } }), 403);
  assert.equal(await refusal(t, server, { path: '/elsewhere' }), 404);
  const person = await connectByWeb(t, server.web, { origin: `http://${place}` });
  assert.match(await person.next(), /^HELO /);
});

test('[19] lines in any pieces, with those of other transports in one chat', async (t) => {
  const server = await startServerProgram(t, { args: [...quiet, ...webArgs] });
  const alice = await connectByWeb(t, server.web);
  const bob = await connectLines(t, server.plain);
  await bob.next();
  bob.send('HELO bob');
  await bob.expect('+OK HELO bob');
  await alice.next();
  for (const letter of 'HELO alice\n') alice.socket.write(letter);
  await alice.expect('+OK HELO alice');
  alice.send('BCST one\r\nBCST two');
  await alice.expect('+OK BCST one');
  await alice.expect('+OK BCST two');
  bob.send('BCST three');
  await alice.expect('BCST [bob] three');
});

test('[19] a text message is refused with 1003, a message over the longest line with 1009', async (t) => {
  const server = await startServerProgram(t, {
    args: [...quiet, ...webArgs, '--max-line-bytes', '1000'],
  });
  const text = webSocketTo(t, server.web);
  text.on('open', () => text.send('HELO alice\n'));
  assert.equal(await closing(text), 1003);
  const long = webSocketTo(t, server.web);
  long.on('open', () => long.send(Buffer.alloc(1003)));
  assert.equal(await closing(long), 1009);
  // As long as a line may be, with its end.
  const longest = await connectByWeb(t, server.web);
  await longest.next();
  longest.send('HELO alice');
  await longest.expect('+OK HELO alice');
  longest.send(`BCST ${'x'.repeat(995)}\r`);
  assert.match(await longest.next(), /^\+OK BCST x+$/);
});

test('[19] messages that never end count as lines that never end, together for an address', async (t) => {
  const length = 16_000_000;
  const server = await startServerProgram(t, {
    args: [...quiet, ...webArgs, '--max-line-bytes', `${length}`],
  });
  const refused = Array.from({ length: 5 }, () => {
    const webSocket = webSocketTo(t, server.web);
    webSocket.on('open', () => webSocket.send(Buffer.alloc(length, 'x'), { fin: false }));
    return new Promise<string>((resolve) =>
      webSocket.on('message', (bytes: Buffer) => {
        const said = bytes.toString();
        if (said.startsWith('-ERR')) resolve(said);
      }),
    );
  });
  assert.match(
    await withinLimit(Promise.race(refused), 'a refusal'),
    /^-ERR too many unfinished lines from your address/,
  );
});

test('[19] what was said before the close counts', async (t) => {
  const server = await startServerProgram(t, { args: [...quiet, ...webArgs] });
  const bob = await connectByWeb(t, server.web);
  await bob.next();
  bob.send('HELO bob');
  await bob.expect('+OK HELO bob');
  const alice = webSocketTo(t, server.web);
  alice.on('open', () => {
    alice.send(Buffer.from('HELO alice\nBCST goodbye\n'));
    alice.close();
  });
  await closing(alice);
  await bob.expect('BCST [alice] goodbye');
});

test('[19] the TLS port takes browsers by ALPN, and others as ever', async (t) => {
  const server = await startServerProgram(t, {
    args: [...quiet, '--tls-port', '0', '--guests', 'on', ...webArgs],
  });
  const alice = await connectByWeb(t, server.tls, { secure: true });
  assert.match(await alice.next(), /^HELO /);
  const bob = await connectLines(t, server.tls, { tls: {} });
  assert.match(await bob.next(), /^HELO /);
  for (const [person, name] of [
    [alice, 'alice'],
    [bob, 'bob'],
  ] as const) {
    person.send(`HELO ${name}`);
    await person.expect(`+OK HELO ${name}`);
  }
  const other = connect({
    port: server.tls.port,
    ALPNProtocols: ['h2'],
    rejectUnauthorized: false,
  });
  const [error] = await withinLimit(once(other, 'error'), 'a refusal');
  assert.match(String(error), /alert/i);
});

test('without the web side, no port and no ALPN', async (t) => {
  const server = await startServerProgram(t, {
    args: [...quiet, '--tls-port', '0', '--guests', 'on'],
  });
  assert.throws(() => server.web);
  const any = await connectLines(t, server.tls, { tls: { ALPNProtocols: ['http/1.1'] } });
  assert.match(await any.next(), /^HELO /);
});

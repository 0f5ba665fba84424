// `helo web` as people and browsers meet it: the real program between a page and a real server.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ServerChallenge } from '../../src/client/login/account-login.ts';
import { ServerCheck } from '../../src/client/login/server-check.ts';
import type { ServerProof } from '../../src/client/ports.ts';
import { openSuite } from '../../src/e2ee/suite.ts';
import { decodeBase64url } from '../../src/lib/base64url.ts';
import { nodeCryptoProvider } from '../../src/platform/node/crypto/crypto-provider.ts';
import { openKnownServers } from '../../src/platform/node/known-servers.ts';
import { nodeRandomBytes } from '../../src/platform/node/runtime.ts';
import { parseExtendedEvent } from '../../src/wire/extended/events.ts';
import type { Username } from '../../src/wire/text.ts';
import { runProgram, startProgram, startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';
import { openPage, refusal, startWeb, webSocketTo } from '../support/web-page.ts';

async function request(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<IncomingMessage & { readonly body: string }> {
  const [response] = await once(
    get({ host: '127.0.0.1', port, path, headers, agent: false }),
    'response',
  );
  return Object.assign(response, { body: await text(response) });
}

test('the page comes from this installation, as it may run, and its lines go to the server and back, tab by tab', async (t) => {
  const { plain } = await startServerProgram(t);
  const web = await startWeb(t, `127.0.0.1:${plain.port}`);
  const index = await request(web.port, '/');
  assert.equal(index.statusCode, 200);
  assert.match(index.body, /<script type="module"/);
  assert.match(String(index.headers['content-security-policy']), /connect-src 'self'/);

  const alice = await openPage(t, web.port);
  const bob = await openPage(t, web.port);
  assert.match(await alice.line(), /^HELO /);
  assert.match(await bob.line(), /^HELO /);
  alice.send('HELO alice');
  assert.equal(await alice.line(), '+OK HELO alice');
  bob.send('HELO bob');
  assert.equal(await bob.line(), '+OK HELO bob');
  bob.send('BCST hello');
  assert.equal(await bob.line(), '+OK BCST hello');
  assert.equal(await alice.line(), 'BCST [bob] hello');
  // Without TLS there is no binding to tell.
  assert.equal(alice.said(), undefined);

  // Whatever is no bytes is not carried.
  bob.socket.send('text');
  const [code] = await withinLimit(once(bob.socket, 'close'), 'the close');
  assert.equal(code, 1003);
  alice.send('QUIT');
  assert.equal((await web.stop()).code, 0);
  assert.equal(web.stdout(), `http://127.0.0.1:${web.port}/\n`);
});

test('over TLS the page is told the binding of its connection, and the proof of the server holds with it', async (t) => {
  const { tls } = await startServerProgram(t, { args: ['--tls-port', '0'] });
  const web = await startWeb(t, `tls://127.0.0.1:${tls.port}`);
  const page = await openPage(t, web.port);
  assert.match(await page.line(), /^HELO .*ehlo/);
  const [, ...words] = /^tls ([\w-]{43}) ([\w-]{43})$/.exec(page.said() ?? '') ?? [];
  const [fingerprint, binding] = words.map((word) => decodeBase64url(word));
  assert.ok(fingerprint && binding);
  const proof: ServerProof = { kind: 'tls', fingerprint, binding };
  const suite = await openSuite(nodeCryptoProvider);
  const username = 'alice' as Username;
  const servers = openKnownServers(await temporaryFolder(t));
  const address = { transport: 'plain', host: '127.0.0.1', port: web.port } as const;
  const check = await ServerCheck.begin({ address, username }, proof, servers);
  assert.ok(check.ok);
  const asking = { username, suite, device: nodeRandomBytes(32), proof };
  const challenge = new ServerChallenge(asking, check.value, nodeRandomBytes);
  page.send(challenge.hello.trimEnd());
  const answer = parseExtendedEvent(await page.line());
  assert.ok(answer?.verb === 'CHALLENGE');
  assert.ok((await challenge.check(answer)).ok);
});

test('only a browser that asks for this machine, for the page of this program, is answered', async (t) => {
  const { plain } = await startServerProgram(t);
  const { port } = await startWeb(t, `127.0.0.1:${plain.port}`);
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1',
    `127.0.0.1:${port + 1}`,
  ]) {
    assert.equal((await request(port, '/', { host })).statusCode, 403, host);
    const headers = { host };
    const origin = `http://${host}`;
    assert.equal(await refusal(webSocketTo(t, port, { headers, origin })), 403, host);
  }
  // What a browser stores it stores by the name, so there is only one.
  for (const host of [`localhost:${port}`, `[::1]:${port}`]) {
    const { statusCode, headers } = await request(port, '/?a=b', { host });
    assert.deepEqual([statusCode, headers.location], [307, `http://127.0.0.1:${port}/?a=b`]);
  }
  const wrong = [
    'http://evil.example',
    `http://localhost:${port}`,
    `https://127.0.0.1:${port}`,
    'null',
  ];
  for (const origin of wrong) {
    assert.equal(await refusal(webSocketTo(t, port, { origin })), 403, origin);
  }
  assert.equal((await request(port, '/socket')).statusCode, 426);
  assert.equal((await request(port, '/../package.json')).statusCode, 404);
});

test('a server keeps its port under every spelling of its address, and another server has another one', async (t) => {
  const data = await temporaryFolder(t);
  const args = ['--data', data];
  const [first, second] = await Promise.all([
    startServerProgram(t, { args: ['--tls-port', '0'] }),
    startServerProgram(t),
  ]);
  const one = await startWeb(t, `127.0.0.1:${first.plain.port}`, { args });
  assert.match(one.stderr(), /is new here\. From now on it must prove the identity/);
  const other = await startWeb(t, `127.0.0.1:${second.plain.port}`, { args });
  assert.notEqual(one.port, other.port);

  // The port of one that runs is not given up for another one, unasked.
  const address = `tls://127.0.0.1:${first.tls.port}`;
  const again = await runProgram(t, { args: ['web', '--server', address, ...args] });
  assert.deepEqual([again.code, again.stdout], [3, '']);
  assert.match(again.stderr, new RegExp(`port ${one.port} is in use.*where your browser has`));
  await one.stop();
  const same = await startWeb(t, address, { args });
  assert.equal(same.port, one.port);

  const taken = await runProgram(t, {
    args: ['web', '--server', address, '--port', String(other.port), ...args],
  });
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, /has the page of another server/);
});

test('a page opens without its server, if the server is known, and connects when it is there', async (t) => {
  const folder = await temporaryFolder(t);
  const args = ['--data', join(folder, 'client')];
  const serverArgs = ['--data', join(folder, 'server')];
  const server = await startServerProgram(t, { args: serverArgs });
  const address = `127.0.0.1:${server.plain.port}`;
  const first = await startWeb(t, address, { args });
  await Promise.all([first.stop(), server.stop()]);

  const unknown = await runProgram(t, {
    args: ['web', '--server', address, '--data', join(folder, 'other')],
  });
  assert.deepEqual([unknown.code, unknown.stdout], [3, '']);
  assert.match(unknown.stderr, /cannot reach/);

  const web = await startWeb(t, address, { args });
  assert.equal(web.port, first.port);
  assert.match(web.stderr(), /cannot reach.*The page opens without it/);
  assert.equal((await request(web.port, '/')).statusCode, 200);
  assert.equal(await refusal(webSocketTo(t, web.port)), 502);
  await startServerProgram(t, { args: [...serverArgs, '--port', String(server.plain.port)] });
  assert.match(await (await openPage(t, web.port)).line(), /^HELO /);
});

test('a server that is not the one of before is refused with the words and the exit code of helo chat, at the start and later', async (t) => {
  const folder = await temporaryFolder(t);
  const data = ['--data', join(folder, 'client')];
  const serverArgs = (name: string, port: number) => [
    '--data',
    join(folder, name),
    '--tls-port',
    String(port),
  ];
  const real = await startServerProgram(t, { args: serverArgs('real', 0) });
  const { port } = real.tls;
  const address = `tls://127.0.0.1:${port}`;
  const web = await startWeb(t, address, { args: data });
  assert.match(await (await openPage(t, web.port)).line(), /^HELO /);
  await real.stop();

  await startServerProgram(t, { args: serverArgs('false', port) });
  assert.equal(await refusal(webSocketTo(t, web.port)), 502);
  const ended = await withinLimit(web.ended, 'the end of helo web');
  const chat = await runProgram(t, {
    args: ['chat', '--server', address, '--name', 'alice', ...data],
  });
  const start = await runProgram(t, { args: ['web', '--server', address, ...data] });
  assert.deepEqual([ended.code, start.code, chat.code], [4, 4, 4]);
  assert.match(start.stderr, /THE IDENTITY OF .* IS NOT THE ONE IT HAD BEFORE/);
  assert.equal(start.stderr, chat.stderr);
  assert.ok(ended.stderr.endsWith(chat.stderr));

  const marked = await startProgram(t, {
    args: ['web', '--server', `${address}#${'A'.repeat(43)}`, '--data', join(folder, 'other')],
  });
  assert.equal((await withinLimit(marked.ended, 'the end of helo web')).code, 4);
});

test('the digest is that of every file of the page, and of their list', async (t) => {
  const { code, stdout } = await runProgram(t, { args: ['web', '--digest'] });
  assert.equal(code, 0);
  assert.match(stdout, /^[\da-f]{64} {2}index\.html$/m);
  assert.match(stdout, /\n[\da-f]{64} {2}digest\.txt\n$/);
  const { plain } = await startServerProgram(t);
  const web = await startWeb(t, `127.0.0.1:${plain.port}`);
  const list = await request(web.port, '/digest.txt');
  assert.ok(stdout.startsWith(list.body));
  const [whole = ''] = stdout.slice(list.body.length).split(' ');
  assert.match(web.stderr(), new RegExp(`Digest of the page: ${whole}`));
});

test('a server of version 1 has its page, at the port of its address', async (t) => {
  const server = createServer((socket) => socket.on('error', () => {}).write('HELO Welcome\n'));
  t.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  assert.ok(typeof at === 'object' && at);
  const web = await startWeb(t, `127.0.0.1:${at.port}`);
  const page = await openPage(t, web.port);
  assert.equal(await page.line(), 'HELO Welcome');
  // The end of one side is the end of the other one.
  const [socket] = await Promise.all([once(server, 'connection'), openPage(t, web.port)]);
  socket[0].destroy();
  page.socket.close();
});

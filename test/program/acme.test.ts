// Certificates from an ACME authority: a real one for tests, whose looks at the server are real.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { connectLines } from '../support/line-client.ts';
import { runProgram, startServerProgram, type Listener } from '../support/program.ts';
import { startAcmeAuthority, type AcmeAuthority } from '../support/servers/acme-authority.ts';
import { temporaryFolder } from '../support/temporary.ts';

const has = spawnSync('pebble', ['-h']).error === undefined;
const untried = has ? false : 'NOT TRIED, for want of pebble: apt-get install pebble';

function start(
  t: TestContext,
  authority: AcmeAuthority,
  data: string,
  more: readonly string[] = [],
) {
  const acme = ['--acme-host', 'localhost', '--acme-terms', 'agreed'];
  return startServerProgram(t, {
    args: [
      '--tls-port',
      '0',
      ...acme,
      '--acme-directory',
      authority.directory,
      '--data',
      data,
      ...more,
    ],
    env: { NODE_EXTRA_CA_CERTS: authority.certificate },
  });
}

const inUse = /^The certificate of localhost is in use, until \d{4}-\d\d-\d\d at the longest\.$/m;

async function issuerAt(t: TestContext, at: Listener): Promise<string> {
  const { socket } = await connectLines(t, at, { tls: { servername: 'localhost' } });
  return String((socket as TLSSocket).getPeerCertificate().issuer.CN);
}

test(
  'a certificate is got by TLS-ALPN-01 beside those who connect, kept, and used again',
  { skip: untried },
  async (t) => {
    const folder = await temporaryFolder(t);
    const authority = await startAcmeAuthority(t, folder);
    const data = join(folder, 'data');
    const server = await start(t, authority, data);
    assert.equal(await issuerAt(t, server.tls), 'helo', 'until then it has its own');
    authority.pass('tls', server.tls.port);
    await server.shows('stdout', inUse);
    assert.match(await issuerAt(t, server.tls), /Pebble/);
    for (const name of ['account.pem', 'localhost.pem']) {
      assert.equal((await stat(join(data, 'acme', name))).mode & 0o777, 0o600);
    }
    const stored = await readFile(join(data, 'acme', 'localhost.pem'), 'utf8');
    await server.stop();
    const again = await start(t, authority, data);
    assert.match(await issuerAt(t, again.tls), /Pebble/);
    assert.equal(await readFile(join(data, 'acme', 'localhost.pem'), 'utf8'), stored);
  },
);

test(
  'a certificate is got by HTTP-01 where the operator gives a port',
  { skip: untried },
  async (t) => {
    const folder = await temporaryFolder(t);
    const authority = await startAcmeAuthority(t, folder);
    const server = await start(t, authority, join(folder, 'data'), ['--acme-http-port', '0']);
    const [, port] = await server.shows('stdout', /^ACME looks for localhost at port (\d+)\.$/m);
    authority.pass('http', Number(port));
    await server.shows('stdout', inUse);
    assert.match(await issuerAt(t, server.tls), /Pebble/);
    const other = await fetch(`http://127.0.0.1:${port}/`);
    assert.equal(other.status, 404);
  },
);

test('an authority that cannot be reached takes nothing away, and is told', async (t) => {
  const folder = await temporaryFolder(t);
  const nobody = { directory: 'https://127.0.0.1:9/dir', certificate: '', pass() {} };
  const server = await start(t, nobody, join(folder, 'data'));
  await server.shows('stderr', /no certificate came from the authority/);
  assert.equal(await issuerAt(t, server.tls), 'helo');
});

test('a certificate by ACME wants the agreement, and one source', async (t) => {
  const acme = ['serve', '--acme-host', 'chat.example.org'];
  for (const [more, says] of [
    [[], /add --acme-terms agreed/],
    [['--acme-terms', 'agreed', '--tls-port', 'off'], /tls-port is off/],
    [['--acme-terms', 'agreed', '--tls-cert', 'a', '--tls-key', 'b'], /exclude each other/],
  ] as const) {
    const { code, stderr } = await runProgram(t, { args: [...acme, ...more] });
    assert.equal(code, 1);
    assert.match(stderr, says);
  }
  const { stderr } = await runProgram(t, { args: ['serve', '--acme-host', '127.0.0.1'] });
  assert.match(stderr, /a host name, such as/);
});

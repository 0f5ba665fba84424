import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { features } from '../support/greeting.ts';
import { TLSSocket } from 'node:tls';
import { issueCertificate } from '../support/certificates.ts';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const withTls = ['--tls-port', '0', '--guests', 'on'];

function secureSocket({ socket }: LineClient): TLSSocket {
  assert.ok(socket instanceof TLSSocket);
  return socket;
}

/** The fingerprint that a newcomer sees, as `openssl x509 -fingerprint -sha256` prints it. */
async function fingerprint(t: TestContext, at: Listener): Promise<string> {
  const client = await connectLines(t, at, { tls: {} });
  return secureSocket(client).getPeerCertificate().fingerprint256;
}

test('the printed fingerprint is that of the certificate that clients get; the address has the identity', async (t) => {
  const data = join(await temporaryFolder(t), 'data');
  const server = await startServerProgram(t, { args: [...withTls, '--data', data] });
  const served = await fingerprint(t, server.tls);
  const [, hex] = /^ {2}((?:[\dA-F]{2}:){31}[\dA-F]{2})$/m.exec(server.stdout()) ?? [];
  assert.equal(hex, served);
  const [, pin = ''] = /tls:\/\/\S+#([\w-]{43})/.exec(server.stdout()) ?? [];
  const pem = await readFile(join(data, 'identity.key'), 'utf8');
  assert.equal(pin, createPublicKey(pem).export({ format: 'jwk' }).x);
});

test('TLS 1.3 carries the same chat, and nothing older is spoken', async (t) => {
  const server = await startServerProgram(t, { args: withTls });
  const client = await connectLines(t, server.tls, { tls: {} });
  assert.equal(secureSocket(client).getProtocol(), 'TLSv1.3');
  await client.expect(`HELO Welcome to helo ${features}`);
  client.send('HELO alice');
  await client.expect('+OK HELO alice');
  await assert.rejects(connectLines(t, server.tls, { tls: { maxVersion: 'TLSv1.2' } }));
});

test('the certificate is made on the first start and kept for the next; its key is private', async (t) => {
  const data = join(await temporaryFolder(t), 'data');
  const prints: string[] = [];
  for (const args of [withTls, withTls]) {
    const server = await startServerProgram(t, { args: [...args, '--data', data] });
    prints.push(await fingerprint(t, server.tls));
    await server.stop();
  }
  assert.equal(prints[0], prints[1]);
  const mode = async (...path: string[]) => (await stat(join(data, ...path))).mode & 0o777;
  assert.equal(await mode(), 0o700);
  assert.equal(await mode('tls'), 0o700);
  assert.equal(await mode('tls', 'key.pem'), 0o600);
});

test('a given certificate is served, and none is made', async (t) => {
  const folder = await temporaryFolder(t);
  const { certFile, keyFile } = await issueCertificate(folder, 'given');
  const data = join(folder, 'data');
  const server = await startServerProgram(t, {
    args: [...withTls, '--data', data, '--tls-cert', certFile, '--tls-key', keyFile],
  });
  const client = await connectLines(t, server.tls, { tls: {} });
  assert.equal(secureSocket(client).getPeerCertificate().subject.CN, 'given');
  await assert.rejects(stat(join(data, 'tls')), { code: 'ENOENT' });
});

test('an expired certificate is served with a warning', async (t) => {
  const folder = await temporaryFolder(t);
  const dates = { from: new Date('2020-01-01'), to: new Date('2020-02-01') };
  const { certFile, keyFile } = await issueCertificate(folder, 'old', dates);
  const server = await startServerProgram(t, {
    args: [...withTls, '--tls-cert', certFile, '--tls-key', keyFile],
  });
  assert.match(server.stderr(), /"msg":"the TLS certificate expired on 2020-02-01"/);
  await fingerprint(t, server.tls);
});

test('SIGHUP takes a renewed certificate for newcomers and disturbs nobody', async (t) => {
  const folder = await temporaryFolder(t);
  const used = await issueCertificate(folder, 'used');
  const renewed = await issueCertificate(folder, 'renewed');
  const server = await startServerProgram(t, {
    args: [...withTls, '--tls-cert', used.certFile, '--tls-key', used.keyFile],
    env: { HELO_LOG_LEVEL: 'info' },
  });
  const early = await connectLines(t, server.tls, { tls: {} });
  await early.next();
  const before = await fingerprint(t, server.tls);

  await writeFile(used.keyFile, 'damaged');
  server.process.kill('SIGHUP');
  await server.shows('stderr', /stays as it was: \S+used\.key holds no private key/);
  assert.equal(await fingerprint(t, server.tls), before);

  await copyFile(renewed.certFile, used.certFile);
  await copyFile(renewed.keyFile, used.keyFile);
  server.process.kill('SIGHUP');
  await server.shows('stderr', /the TLS certificate was loaded again/);
  assert.notEqual(await fingerprint(t, server.tls), before);
  early.send('HELO alice');
  await early.expect('+OK HELO alice');
});

test('a connection that never finishes its handshake does not hold up the end', async (t) => {
  const server = await startServerProgram(t, { args: withTls });
  const socket = connect({ host: '127.0.0.1', port: server.tls.port });
  t.after(() => socket.destroy());
  // The end of the server resets it.
  socket.on('error', () => {});
  await once(socket, 'connect');
  // A whole connection after it: by then the server has accepted the half one.
  await fingerprint(t, server.tls);
  const { code } = await server.stop();
  assert.equal(code, 0);
});

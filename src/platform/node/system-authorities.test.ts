import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { generate } from 'selfsigned';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { isTrustedBySystem } from './system-authorities.ts';

test('an authority of the system vouches for one certificate of one host name', async (t) => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  const server = createServer({ key, cert }, (socket) => void socket.on('error', () => {}).end());
  server.on('tlsClientError', () => {});
  server.listen(0, 'localhost');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const path = join(await temporaryFolder(t), 'authorities.pem');
  await writeFile(path, cert);
  const before = process.env['SSL_CERT_FILE'];
  t.after(() => {
    if (before === undefined) delete process.env['SSL_CERT_FILE'];
    else process.env['SSL_CERT_FILE'] = before;
  });
  const print = new Uint8Array(createHash('sha256').update(new X509Certificate(cert).raw).digest());
  const at = (host: string) => ({ transport: 'tls', host, port, fingerprint: undefined }) as const;
  process.env['SSL_CERT_FILE'] = path;
  assert.equal(await isTrustedBySystem(at('localhost'), print), true);
  assert.equal(await isTrustedBySystem(at('localhost'), new Uint8Array(32)), false);
  assert.equal(await isTrustedBySystem(at('127.0.0.1'), print), false, 'another name');
  process.env['SSL_CERT_FILE'] = join(path, 'none');
  assert.equal(await isTrustedBySystem(at('localhost'), print), false);
});

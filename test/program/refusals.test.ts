import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { issueCertificate } from '../support/certificates.ts';
import { runProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

// What the system refuses gives one line and code 3. What cannot work as configured gives one line and code 1.
async function refusal(t: TestContext, code: number, ...args: string[]): Promise<string> {
  const ended = await runProgram(t, { args: ['serve', '--port', '0', '--tls-port', '0', ...args] });
  assert.deepEqual({ code: ended.code, stdout: ended.stdout }, { code, stdout: '' }, ended.stderr);
  assert.match(ended.stderr, /^helo: [^\n]+\n$/, 'one line');
  return ended.stderr;
}

async function takenPort(t: TestContext): Promise<string> {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  return String((other.address() as AddressInfo).port);
}

test('a port in use, with the flag that chooses another', async (t) => {
  const port = await takenPort(t);
  assert.equal(
    await refusal(t, 3, '--port', port),
    `helo: cannot listen on 127.0.0.1:${port}: the address is already in use. ` +
      'Stop the other program, or choose another port with --port.\n',
  );
  assert.match(
    await refusal(t, 3, '--tls-host', '127.0.0.1', '--tls-port', port),
    new RegExp(`listen on 127\\.0\\.0\\.1:${port}: .* choose another port with --tls-port`),
  );
});

test('an address that this machine does not have, and a name that is none', async (t) => {
  assert.equal(
    await refusal(t, 3, '--host', '192.0.2.1'),
    'helo: cannot listen on 192.0.2.1:0: this machine has no such address. ' +
      'Choose an address of this machine with --host.\n',
  );
  const line = await refusal(t, 3, '--tls-host', 'nowhere.invalid');
  assert.match(line, /cannot listen on nowhere\.invalid: .* with --tls-host\.\n$/);
});

test('a data directory that cannot be written', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'file');
  await writeFile(file, '');
  assert.match(
    await refusal(t, 3, '--data', file),
    /file cannot be written: it is not a folder\. Name/,
  );
  const beneath = await refusal(t, 3, '--data', join(file, 'data'));
  assert.match(beneath, /cannot be written: a part of the path is not a folder/);
  if (process.platform === 'linux') {
    assert.match(await refusal(t, 3, '--data', '/proc'), /directory \/proc cannot be written: /);
  }
  if (process.getuid?.() === 0) {
    t.diagnostic('run as root, whom permissions do not stop: a read-only folder was not tried');
    return;
  }
  const closed = join(folder, 'closed');
  await mkdir(closed);
  await chmod(closed, 0o500);
  assert.match(
    await refusal(t, 3, '--data', closed),
    /closed cannot be written: permission denied/,
  );
});

test('a certificate or key that cannot be read, is none, or does not fit', async (t) => {
  const folder = await temporaryFolder(t);
  const one = await issueCertificate(folder, 'one');
  const two = await issueCertificate(folder, 'two');
  const given = (code: number, cert: string, key: string) =>
    refusal(t, code, '--tls-cert', cert, '--tls-key', key);
  const none = join(folder, 'none.pem');
  assert.match(
    await given(3, none, one.keyFile),
    /the TLS certificate \S+none\.pem cannot be read: there is no such file/,
  );
  assert.match(
    await given(3, one.certFile, folder),
    /the TLS key \S+ cannot be read: it is a folder/,
  );
  assert.match(
    await given(1, one.keyFile, one.keyFile),
    /one\.key holds no certificate in PEM form/,
  );
  assert.match(await given(1, one.certFile, one.certFile), /one\.crt holds no private key/);
  assert.match(
    await given(1, one.certFile, two.keyFile),
    /two\.key does not belong to the certificate/,
  );
});

test('a data directory whose certificate was damaged', async (t) => {
  const data = await temporaryFolder(t);
  await mkdir(join(data, 'tls'));
  await writeFile(join(data, 'tls', 'cert.pem'), '');
  assert.match(
    await refusal(t, 3, '--data', data),
    /tls cannot be made or read: .* Put back what is/,
  );
  await writeFile(join(data, 'tls', 'key.pem'), '', { mode: 0o600 });
  assert.match(await refusal(t, 1, '--data', data), /cert\.pem holds no certificate in PEM form/);
});

import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import type { Result } from '../../lib/result.ts';
import type { SetupProblem } from '../config/problem.ts';
import { silentLogger, type Logger } from '../log.ts';
import { readCertificate, validityWarning, type Certificate } from './certificate.ts';
import { ownCertificate } from './own-certificate.ts';

const now = new Date('2026-03-01T12:00:00Z');

function valueOf<T>(result: Result<T, SetupProblem>): T {
  assert.ok(result.ok, result.ok ? '' : result.error.message);
  return result.value;
}

async function made(t: TestContext): Promise<{ folder: string; certificate: Certificate }> {
  const folder = await temporaryFolder(t);
  return { folder, certificate: valueOf(await ownCertificate(folder, now, silentLogger)) };
}

function problem(result: Result<unknown, SetupProblem>): SetupProblem {
  assert.ok(!result.ok, 'it was taken');
  return result.error;
}

test('the own certificate: P-256, ten years, the names of this machine, good for servers only', async (t) => {
  const { certificate } = await made(t);
  const parsed = new X509Certificate(certificate.cert);
  assert.equal(parsed.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
  assert.ok(parsed.checkPrivateKey(createPrivateKey(certificate.key)));
  assert.ok(parsed.verify(parsed.publicKey));
  assert.equal(certificate.validFrom.toISOString(), '2026-02-28T12:00:00.000Z');
  assert.equal(certificate.validTo.toISOString(), '2036-03-01T12:00:00.000Z');
  assert.match(String(parsed.subjectAltName), /DNS:localhost.*IP Address:127\.0\.0\.1/);
  assert.equal(parsed.ca, false);
  assert.deepEqual(parsed.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  const fingerprint = parsed.fingerprint256.replaceAll(':', '').toLowerCase();
  assert.equal(Buffer.from(certificate.fingerprint).toString('hex'), fingerprint);
});

test('its key can be read by its owner only, and nothing else is left behind', async (t) => {
  const { folder } = await made(t);
  assert.deepEqual(await readdir(folder), ['tls']);
  assert.deepEqual((await readdir(join(folder, 'tls'))).sort(), ['cert.pem', 'key.pem']);
  const mode = async (name: string) => (await stat(join(folder, name))).mode & 0o777;
  assert.equal(await mode('tls'), 0o700);
  assert.equal(await mode('tls/key.pem'), 0o600);
});

test('it is made once, also by servers that start at the same time', async (t) => {
  const folder = await temporaryFolder(t);
  const several = [1, 2, 3].map(() => ownCertificate(folder, now, silentLogger));
  const later = () => ownCertificate(folder, now, silentLogger);
  const all = [...(await Promise.all(several)), await later()].map((found) => valueOf(found).cert);
  assert.equal(new Set(all).size, 1);
  assert.deepEqual(await readdir(folder), ['tls']);
});

test('a lost part of it is told, and no other is made in its place', async (t) => {
  const { folder } = await made(t);
  await rm(join(folder, 'tls', 'key.pem'));
  const { kind, message, hint } = problem(await ownCertificate(folder, now, silentLogger));
  assert.equal(kind, 'system');
  assert.match(message, /cannot be made or read: there is no such file/);
  assert.match(String(hint), /^Put back what is missing/);
  assert.deepEqual(await readdir(join(folder, 'tls')), ['cert.pem']);
});

test('a key that others can read is used, with a warning', async (t) => {
  const { folder } = await made(t);
  await chmod(join(folder, 'tls', 'key.pem'), 0o640);
  const warnings: string[] = [];
  const log: Logger = { ...silentLogger, warn: (_fields, message) => void warnings.push(message) };
  valueOf(await ownCertificate(folder, now, log));
  assert.deepEqual(warnings, ['others can read the TLS key']);
});

test('what is no certificate, no key, or no pair is told by its file', async (t) => {
  const { folder } = await made(t);
  const other = (await made(t)).folder;
  const at = (name: string) => join(folder, name);
  await writeFile(at('text'), 'port = 1337');
  await writeFile(at('broken'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  await mkdir(at('folder'));
  const cert = at('tls/cert.pem');
  const key = at('tls/key.pem');
  const told = async (certFile: string, keyFile: string) => {
    const { kind, message } = problem(await readCertificate({ certFile, keyFile }));
    return `${kind}: ${message.replaceAll(folder, '').replaceAll(other, 'other')}`;
  };
  assert.equal(await told(at('text'), key), 'input: /text holds no certificate in PEM form');
  assert.equal(await told(at('broken'), key), 'input: /broken holds no certificate in PEM form');
  assert.equal(await told(key, key), 'input: /tls/key.pem holds no certificate in PEM form');
  assert.equal(await told(cert, at('text')), 'input: /text holds no private key in PEM form');
  assert.equal(
    await told(cert, join(other, 'tls/key.pem')),
    'input: the TLS key other/tls/key.pem does not belong to the certificate /tls/cert.pem',
  );
  assert.equal(
    await told(at('none'), key),
    'system: the TLS certificate /none cannot be read: there is no such file or folder',
  );
  assert.equal(
    await told(cert, at('folder')),
    'system: the TLS key /folder cannot be read: it is a folder',
  );
});

test('a key locked with a passphrase is told as that', async (t) => {
  const { folder } = await made(t);
  const keyFile = join(folder, 'tls', 'key.pem');
  const certFile = join(folder, 'tls', 'cert.pem');
  const open = createPrivateKey(await readFile(keyFile, 'utf8'));
  for (const type of ['pkcs8', 'sec1'] as const) {
    await writeFile(
      keyFile,
      open.export({ format: 'pem', type, cipher: 'aes-256-cbc', passphrase: 'x' }),
    );
    const { message } = problem(await readCertificate({ certFile, keyFile }));
    assert.match(message, /locked with a passphrase/, type);
  }
});

test('a certificate out of its time is told with the day', async (t) => {
  const { certificate } = await made(t);
  const warning = (day: string) => validityWarning(certificate, new Date(day));
  assert.equal(warning('2026-03-02'), undefined);
  assert.equal(warning('2036-03-02'), 'the TLS certificate expired on 2036-03-01');
  assert.equal(warning('2026-02-27'), 'the TLS certificate is not valid before 2026-02-28');
});

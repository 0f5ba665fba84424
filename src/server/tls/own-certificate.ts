// The certificate that a server makes for itself if it is given none. It stores it in its data directory as
// `tls/cert.pem` and `tls/key.pem`. People pin it, so it is made once and never replaced silently. The two files appear
// together, by one rename of their folder: a crash leaves both or none, and if two servers start at once, one makes it
// and the other reads it.
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { err, type Result } from '../../lib/result.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';
import { systemProblem, type SetupProblem } from '../config/problem.ts';
import type { Logger } from '../log.ts';
import { syncFolder, writeDurably } from './durable-file.ts';
import { readCertificate, type Certificate } from './certificate.ts';

const dayMs = 86_400_000;
const lifetimeYears = 10;

/** The server's own certificate: read if it exists, otherwise made. */
export async function ownCertificate(
  dataDirectory: string,
  now: Date,
  log: Logger,
): Promise<Result<Certificate, SetupProblem>> {
  const folder = join(dataDirectory, 'tls');
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  try {
    if (!(await exists(folder))) {
      await makeFolder(dataDirectory, folder, await generatePems(now));
      log.info({ folder }, 'a TLS certificate was made');
    }
    const { mode } = await stat(files.keyFile);
    // Windows has no such bits and reports all of them as set.
    const open = process.platform !== 'win32' && (mode & 0o077) !== 0;
    if (open) log.warn({ file: files.keyFile }, 'others can read the TLS key');
  } catch (error) {
    return err(
      systemProblem(
        `the TLS certificate in ${folder} cannot be made or read: ${systemReason(error)}`,
        'Put back what is missing. Without that folder a new one is made, and clients will be warned.',
      ),
    );
  }
  return readCertificate(files);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

interface Pems {
  readonly cert: string;
  readonly key: string;
}

async function generatePems(now: Date): Promise<Pems> {
  // Loaded only here: it costs more than everything else at a start, and is needed once.
  const { generate } = await import('selfsigned');
  const expiry = new Date(now);
  expiry.setUTCFullYear(expiry.getUTCFullYear() + lifetimeYears);
  const pems = await generate([{ name: 'commonName', value: 'helo' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // One day earlier, for clients whose clock is behind.
    notBeforeDate: new Date(now.getTime() - dayMs),
    notAfterDate: expiry,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: alternativeNames() },
    ],
  });
  return { cert: pems.cert, key: pems.private };
}

function alternativeNames(): { type: 2 | 7; value?: string; ip?: string }[] {
  const own = hostname();
  // Some machines have names that cannot be in a certificate.
  const names = /^[a-z\d][a-z\d.-]{0,252}$/i.test(own) ? ['localhost', own] : ['localhost'];
  return [
    ...Array.from(new Set(names), (value) => ({ type: 2 as const, value })),
    { type: 7, ip: '127.0.0.1' },
    { type: 7, ip: '::1' },
  ];
}

async function makeFolder(dataDirectory: string, folder: string, pems: Pems): Promise<void> {
  const draft = await mkdtemp(join(dataDirectory, '.tls-'));
  try {
    await writeDurably(join(draft, 'key.pem'), pems.key, 0o600);
    await writeDurably(join(draft, 'cert.pem'), pems.cert, 0o644);
    await rename(draft, folder);
    await syncFolder(dataDirectory);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    const code = systemCode(error);
    // Another server has just made it: that one counts.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

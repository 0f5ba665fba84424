// A TLS certificate with its private key: read from PEM files, checked before anything listens, and known to people
// by its fingerprint, the SHA-256 of its DER bytes. Whether its names match is not checked: clients pin.
import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';
import { inputProblem, systemProblem, type SetupProblem } from '../config/problem.ts';

export interface Certificate {
  /** PEM: the certificate first, then its issuers, if any. */
  readonly cert: string;
  /** PEM, private. */
  readonly key: string;
  readonly fingerprint: Uint8Array;
  readonly validFrom: Date;
  readonly validTo: Date;
}

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Reads and checks the pair. A certificate out of its validity is no error: see `validityWarning`. */
export async function readCertificate(
  files: CertificateFiles,
): Promise<Result<Certificate, SetupProblem>> {
  const cert = await readPem('TLS certificate', files.certFile);
  if (!cert.ok) return cert;
  const key = await readPem('TLS key', files.keyFile);
  if (!key.ok) return key;
  return checkPair(files, cert.value, key.value);
}

/** Why clients that check the dates will refuse the certificate, or undefined. */
export function validityWarning(
  { validFrom, validTo }: Certificate,
  now: Date,
): string | undefined {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  if (now > validTo) return `the TLS certificate expired on ${day(validTo)}`;
  if (now < validFrom) return `the TLS certificate is not valid before ${day(validFrom)}`;
  return undefined;
}

async function readPem(what: string, file: string): Promise<Result<string, SetupProblem>> {
  try {
    return ok(await readFile(file, 'utf8'));
  } catch (error) {
    return err(systemProblem(`the ${what} ${file} cannot be read: ${systemReason(error)}`));
  }
}

function checkPair(
  { certFile, keyFile }: CertificateFiles,
  cert: string,
  key: string,
): Result<Certificate, SetupProblem> {
  const parsedCert = parseCertificate(cert);
  if (parsedCert === undefined) {
    return err(inputProblem(`${certFile} holds no certificate in PEM form`, pemHint));
  }
  const parsedKey = parseKey(key);
  if (!parsedKey.ok) return err(inputProblem(`${keyFile} ${parsedKey.error}`, pemHint));
  if (!parsedCert.checkPrivateKey(parsedKey.value)) {
    return err(
      inputProblem(
        `the TLS key ${keyFile} does not belong to the certificate ${certFile}`,
        'Give the two files that were issued together.',
      ),
    );
  }
  try {
    createSecureContext({ cert, key, minVersion: 'TLSv1.3' });
  } catch (error) {
    const reason = systemCode(error) ?? 'unknown reason';
    return err(inputProblem(`the TLS certificate ${certFile} cannot be used: ${reason}`));
  }
  return ok({
    cert,
    key,
    fingerprint: createHash('sha256').update(parsedCert.raw).digest(),
    validFrom: new Date(parsedCert.validFrom),
    validTo: new Date(parsedCert.validTo),
  });
}

const pemHint = 'PEM files begin with a line such as -----BEGIN CERTIFICATE-----.';

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return pem.includes('-----BEGIN') ? new X509Certificate(pem) : undefined;
  } catch {
    // Whatever the parser found: for the operator this is not a certificate.
    return undefined;
  }
}

function parseKey(pem: string): Result<KeyObject, string> {
  // Checked first: the parser would wait at the terminal for a passphrase.
  if (/^(-----BEGIN ENCRYPTED|Proc-Type: *4, *ENCRYPTED)/m.test(pem)) {
    return err('is locked with a passphrase; helo needs it without');
  }
  try {
    return ok(createPrivateKey(pem));
  } catch {
    // As with the certificate: whatever is wrong, it is not a key.
    return err('holds no private key in PEM form');
  }
}

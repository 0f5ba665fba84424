// The authorities that this system trusts, besides those of Node (and NODE_EXTRA_CA_CERTS), which every TLS connection
// uses. Reading them takes a quarter of a second. So they are used only if a certificate is not the known one and
// nothing else vouches for it, by a separate connection that carries no messages.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { TlsAddress } from '../../client/connection/server-address.ts';
import { equalBytes } from '../../lib/bytes.ts';

/** Where systems store them, as OpenSSL and others search for them. */
const places = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
const timeoutMs = 5_000;

/** Whether one of them has issued the certificate with that fingerprint for the host of `address`. */
export async function isTrustedBySystem(
  { host, port }: TlsAddress,
  fingerprint: Uint8Array,
): Promise<boolean> {
  const ca = await authorities();
  if (ca === undefined) return false;
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      ca,
      minVersion: 'TLSv1.3',
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const end = (isTrusted: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isTrusted);
    };
    const timer = setTimeout(() => end(false), timeoutMs);
    socket.once('error', () => end(false));
    socket.once('secureConnect', () => {
      // An unauthorised one has ended in an error. It may differ from that of the first connection.
      const raw = socket.getPeerX509Certificate()?.raw;
      const shown = raw && createHash('sha256').update(raw).digest();
      end(shown !== undefined && equalBytes(new Uint8Array(shown), fingerprint));
    });
  });
}

/** In PEM. `SSL_CERT_FILE` names another file, as for OpenSSL. */
async function authorities(): Promise<string | undefined> {
  const named = process.env['SSL_CERT_FILE'];
  for (const path of named === undefined || named === '' ? places : [named]) {
    const pem = await readFile(path, 'utf8').catch(() => undefined);
    if (pem !== undefined) return pem;
  }
  return undefined;
}

// Byte connections over TCP and TLS 1.3. Owns the sockets and their options. Does not decide whom to trust: it reports
// the certificate's fingerprint, and the client decides before it reads or writes (server-link.ts).
import { createHash } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { ByteConnection, ConnectionFailure, ConnectionHandlers } from '../../client/ports.ts';
import type { ServerAddress, TlsAddress } from '../../client/connection/server-address.ts';
import { bindingBytes, bindingLabel } from '../../wire/extended/login.ts';
import { isTrustedBySystem } from './system-authorities.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';

// So that a vanished server is noticed even if nothing is sent.
const keepAliveMs = 60_000;

/** Dials over TCP or TLS, depending on the address. */
export function dial(address: ServerAddress, handlers: ConnectionHandlers): ByteConnection {
  return address.transport === 'tls' ? dialTls(address, handlers) : dialTcp(address, handlers);
}

function dialTcp({ host, port }: ServerAddress, handlers: ConnectionHandlers): ByteConnection {
  const socket = connectTcp({ host, port });
  socket.once('connect', () => handlers.onOpen({ kind: 'plain' }));
  return attach(socket, handlers);
}

function dialTls(address: TlsAddress, handlers: ConnectionHandlers): ByteConnection {
  const { host, port } = address;
  const socket = connectTls({
    host,
    port,
    minVersion: 'TLSv1.3',
    // No authority issues certificates for a server that people host themselves: the fingerprint identifies it.
    rejectUnauthorized: false,
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  socket.once('secureConnect', () => {
    const certificate = certificateOf(socket);
    if (certificate === undefined) {
      socket.destroy(new Error('the server showed no certificate'));
      return;
    }
    const { fingerprint } = certificate;
    const isTrusted = socket.authorized;
    handlers.onOpen({
      kind: 'tls',
      ...certificate,
      binding: bindingOf(socket),
      hasAuthority: async () => isTrusted || isTrustedBySystem(address, fingerprint),
    });
  });
  return attach(socket, handlers);
}

/** SHA-256 of the other side's certificate, and of the public key in it. */
export interface PresentedCertificate {
  readonly fingerprint: Uint8Array;
  readonly key: Uint8Array;
}

export function certificateOf(socket: TLSSocket): PresentedCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return { fingerprint: sha256(certificate.raw), key: sha256(key) };
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

/**
 * The channel binding of the connection [RFC 9266 §4.2]: the same on both sides, and different on every other
 * connection.
 */
function bindingOf(socket: TLSSocket): Uint8Array {
  return new Uint8Array(socket.exportKeyingMaterial(bindingBytes, bindingLabel, Buffer.alloc(0)));
}

function attach(socket: Socket, handlers: ConnectionHandlers): ByteConnection {
  let failure: ConnectionFailure | undefined;
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  socket.on('data', (bytes: Uint8Array) => handlers.onData(bytes));
  socket.on('drain', () => handlers.onDrain());
  socket.on('error', (error) => {
    failure = failureOf(error);
  });
  socket.once('close', () => handlers.onClose(failure));
  return {
    write: (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    get unsentBytes() {
      return socket.writableLength;
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => socket.end(),
    destroy: () => socket.destroy(),
  };
}

/** The failure for an error of a socket. */
export function failureOf(error: Error): ConnectionFailure {
  // A name with several addresses fails with one error that contains one for each.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return { code: systemCode(first) ?? 'UNKNOWN', detail: systemReason(first) };
}

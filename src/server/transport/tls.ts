// TLS 1.3 over TCP. Owns the handshake and its certificate.

import { createServer } from 'node:tls';
import {
  ignore,
  listen,
  ListenerStreams,
  type BindAddress,
  type Listener,
  type AcceptOptions,
} from './listener.ts';
import { openStream } from './socket-transport.ts';

/** How long a TLS handshake may take, in milliseconds. */
const handshakeTimeoutMs = 10_000;

export interface TlsCredentials {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

export interface TlsListener extends Listener {
  /** Uses a new certificate for connections from now on. */
  reload(credentials: TlsCredentials): void;
}

/** Listens for TLS 1.3. Rejects with the system's error, or with the reason why the credentials do not work. */
export async function listenTls(
  at: BindAddress,
  credentials: TlsCredentials,
  options: AcceptOptions,
): Promise<TlsListener> {
  const streams = new ListenerStreams(true);
  // The TLS server itself does not listen, because a handshake is expensive and only for admitted connections.
  const tls = createServer({
    ...credentials,
    minVersion: 'TLSv1.3',
    handshakeTimeout: handshakeTimeoutMs,
  });
  tls.on('secureConnection', (socket) => {
    socket.on('error', ignore);
    openStream(socket, streams, options.accept);
  });
  const listener = await listen(at, streams, options, {
    letIn: (socket) => void tls.emit('connection', socket),
    // Before the handshake no reason can be sent.
    turnAway: (socket) => socket.destroy(),
  });
  return {
    ...listener,
    reload: (credentials) => tls.setSecureContext({ ...credentials, minVersion: 'TLSv1.3' }),
  };
}

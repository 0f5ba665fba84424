// TLS 1.3 over TCP. Owns the handshake and its certificate, and which connections speak HTTP: those that say so in the
// handshake (ALPN), as browsers do. Our own clients say nothing there.

import type { Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
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

/** HTTP, by the name that it has in ALPN. */
const httpProtocol = 'http/1.1';

export interface TlsCredentials {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

export interface TlsListener extends Listener {
  /** Uses a new certificate for connections from now on. */
  reload(credentials: TlsCredentials): void;
  /** Shows this certificate to whoever speaks `acme-tls/1` [RFC 8737], and to nobody else. Undefined ends it. */
  showChallenge(credentials: TlsCredentials | undefined): void;
}

/** Listens for TLS 1.3. Rejects with the system's error, or with the reason why the credentials do not work. */
export async function listenTls(
  at: BindAddress,
  credentials: TlsCredentials,
  options: AcceptOptions,
): Promise<TlsListener> {
  const streams = new ListenerStreams(true);
  // The TLS server itself does not listen, because a handshake is expensive and only for admitted connections.
  const http = options.http?.(streams);
  const tls = createServer({
    ...credentials,
    minVersion: 'TLSv1.3',
    handshakeTimeout: handshakeTimeoutMs,
    ...(http && { ALPNProtocols: [httpProtocol] }),
  });
  tls.on('secureConnection', (socket) => {
    socket.on('error', ignore);
    if (http !== undefined && socket.alpnProtocol === httpProtocol) http.serve(socket);
    else openStream(socket, streams, options.accept);
  });
  let challenge: Server | undefined;
  const listener = await listen(at, streams, options, {
    letIn: (socket) => {
      if (challenge === undefined) tls.emit('connection', socket);
      else sort(socket, challenge, tls);
    },
    // Before the handshake no reason can be sent.
    turnAway: (socket) => socket.destroy(),
  });
  return {
    address: listener.address,
    close() {
      http?.close();
      return listener.close();
    },
    reload: (credentials) => tls.setSecureContext({ ...credentials, minVersion: 'TLSv1.3' }),
    showChallenge: (credentials) => (challenge = credentials && challengeServer(credentials)),
  };
}

/** Shows its certificate and says nothing. */
function challengeServer(credentials: TlsCredentials): Server {
  const server = createServer({
    ...credentials,
    ALPNProtocols: [challengeProtocol],
    handshakeTimeout: handshakeTimeoutMs,
  });
  server.on('secureConnection', (socket) => socket.on('error', ignore).end());
  return server;
}

const challengeProtocol = 'acme-tls/1';

/**
 * Passes `socket` to the challenge or to the others. Its first bytes tell: a client names its protocols in the clear.
 * The TLS library chooses a certificate before it looks at them, and so cannot.
 */
function sort(socket: Socket, challenge: Server, others: Server): void {
  const timer = setTimeout(() => socket.destroy(), handshakeTimeoutMs);
  socket.once('close', () => clearTimeout(timer));
  socket.once('data', (hello: Buffer) => {
    clearTimeout(timer);
    socket.pause();
    // The handshake reads them again.
    socket.unshift(hello);
    (hello.includes(challengeProtocol) ? challenge : others).emit('connection', socket);
  });
  socket.resume();
}

// TCP and TLS as transports: listeners, and sockets with the options that chat needs. Knows no lines and no users.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { formatEvent, type Event } from '../../wire/events.ts';
import { bindingBytes, bindingLabel } from '../../wire/extended/login.ts';
import type { Admission } from '../limits/admission.ts';
import { normalAddress } from './address.ts';
import { readerInto, readInto } from './read-into.ts';
import type { Accept, Origin, Transport, TransportListener } from './transport.ts';

/** Connections that wait to be accepted: a reconnect storm overflows the default of 511. */
const listenBacklog = 4096;

/** How long a closing connection may take to read what is left, in milliseconds. */
const lingerMs = 2000;

/**
 * What a piece that waits costs beside its bytes, measured: 60 bytes in the queue of its socket, and a few hundred
 * that all sockets waiting with the same piece share. Without it a listener of many small lines who has stopped
 * reading would hold several times the memory that the caps allow.
 */
const pieceBytes = 256;

/** Unsent bytes from which on waiting pieces are counted. Whoever reads never comes there. */
const countedFromBytes = 16 * 1024;

/** How long a TLS handshake may take, in milliseconds. */
const handshakeTimeoutMs = 10_000;

const socketOptions = {
  // Small lines leave at once: Nagle's algorithm would hold them for the other side's delayed acknowledgement.
  noDelay: true,
  // A side that has finished sending still gets its replies: `printf 'HELO bob\nGET_USERS *all\n' | nc -N`.
  allowHalfOpen: true,
  // Nothing is read before a connection has been let in.
  pauseOnConnect: true,
} as const;

/** Hears why a connection was lost before it was taken. */
export type AcceptFailed = (error: Error) => void;

/** Where a listener listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface Listener {
  readonly address: ListenAddress;
  /** Takes no new connections from here on. Open ones stay; resolves when the last of them is closed. */
  close(): Promise<void>;
}

export interface TlsCredentials {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

/** What all streams of one listener have in common. */
class Door {
  readonly secure: boolean;
  /** The address that it is bound to, once it is. */
  host = '';
  /** Streams that are open; one in the middle of its handshake is none yet. */
  open = 0;
  #emptied: (() => void) | undefined;

  constructor(secure: boolean) {
    this.secure = secure;
  }

  /** One of its streams has closed. */
  closed(): void {
    this.open--;
    if (this.open === 0) this.#emptied?.();
  }

  /** Resolves when none is open. */
  empty(): Promise<void> {
    return this.open === 0
      ? Promise.resolve()
      : new Promise((resolve) => (this.#emptied = resolve));
  }
}

/**
 * Listens for plain text. Rejects with the system's error.
 * @param admission who is let in when; everybody at once where undefined
 */
export function listenPlain(
  at: ListenAddress,
  admission: Admission | undefined,
  accept: Accept,
  failed: AcceptFailed = ignore,
): Promise<Listener> {
  const server = createServer(socketOptions);
  const door = new Door(false);
  server.on('connection', (socket: Socket) => {
    meet(socket, admission, () => attach(cheaper(socket), door, accept), dismiss);
  });
  return listen(server, at, door, failed);
}

/** Listens for TLS 1.3. Rejects with the system's error, or with the reason why the credentials don't work. */
export function listenTls(
  at: { readonly host: string | undefined; readonly port: number },
  credentials: TlsCredentials,
  admission: Admission | undefined,
  accept: Accept,
  failed: AcceptFailed = ignore,
): Promise<Listener & { reload(credentials: TlsCredentials): void }> {
  const tls = createTlsServer({
    ...credentials,
    minVersion: 'TLSv1.3',
    handshakeTimeout: handshakeTimeoutMs,
  });
  const door = new Door(true);
  tls.on('secureConnection', (socket) => {
    socket.on('error', ignore);
    attach(socket, door, accept);
  });
  // It is not the TLS server that listens, since a handshake costs most of all and is for those who are let in.
  const server = createServer(socketOptions);
  server.on('connection', (socket: Socket) => {
    // Before the handshake there is no way to say why.
    meet(
      socket,
      admission,
      () => void tls.emit('connection', socket),
      () => socket.destroy(),
    );
  });
  return listen(server, at, door, failed).then((listener) => ({
    ...listener,
    reload: (credentials) => tls.setSecureContext({ ...credentials, minVersion: 'TLSv1.3' }),
  }));
}

function meet(
  socket: Socket,
  admission: Admission | undefined,
  letIn: () => void,
  turnAway: (socket: Socket, last: Event) => void,
): void {
  socket.on('error', ignore);
  if (admission === undefined) {
    letIn();
    return;
  }
  admission.arrive({
    address: normalAddress(socket.remoteAddress),
    letIn,
    turnAway: (last) => turnAway(socket, last),
  });
}

/** Says why, and closes at once: whoever floods must not fill the server with closing connections. */
function dismiss(socket: Socket, last: Event): void {
  socket.write(formatEvent(last), 'latin1');
  socket.destroySoon();
}

function listen(
  server: Server,
  at: { readonly host: string | undefined; readonly port: number },
  door: Door,
  failed: AcceptFailed,
): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...at, backlog: listenBacklog }, () => {
      server.off('error', reject);
      // Out of descriptors: this connection is lost, the server goes on.
      server.on('error', failed);
      const { address, port } = server.address() as AddressInfo;
      door.host = address;
      resolve({
        address: { host: address, port },
        close() {
          server.close();
          return door.empty();
        },
      });
    });
  });
}

/** What all plain sockets are read with: a chunk is looked at, or copied, before the next one is read. */
const sharedReader = readerInto(Buffer.allocUnsafeSlow(64 * 1024), hear);

/** The same connection on a socket that costs less to read, where there is one. */
function cheaper(socket: Socket): Socket {
  const moved = readInto(socket, sharedReader);
  moved?.on('error', ignore);
  return moved ?? socket;
}

function attach(socket: StreamSocket, door: Door, accept: Accept): void {
  const transport = new SocketTransport(socket, door);
  socket[transportOf] = transport;
  door.open++;
  transport.listener = accept(transport);
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', onClose);
  socket.resume();
}

// All sockets share their handlers, and find what is theirs by this key: closures would cost each of them some
// hundred bytes, and most connections are idle.
const transportOf = Symbol('transport');

type StreamSocket = Socket & { [transportOf]?: SocketTransport };

function hear(chunk: Uint8Array, socket: StreamSocket): boolean {
  socket[transportOf]?.listener?.data(chunk);
  return true;
}

function onData(this: StreamSocket, chunk: Buffer): void {
  hear(chunk, this);
}

function onEnd(this: StreamSocket): void {
  this[transportOf]?.listener?.finished();
}

function onClose(this: StreamSocket): void {
  const transport = this[transportOf];
  transport?.listener?.closed();
  transport?.door.closed();
}

/** For errors of sockets: 'close' follows every one of them and is what the server acts on. */
function ignore(): void {}

const noBinding = new Uint8Array();
const emptyContext = Buffer.alloc(0);

class SocketTransport implements Transport {
  readonly #socket: Socket;
  readonly door: Door;
  /** Hears what happens on the socket. */
  listener: TransportListener | undefined;
  /** Pieces that wait behind a full socket. */
  #waitingPieces = 0;
  #pieceWritten: (() => void) | undefined;

  constructor(socket: Socket, door: Door) {
    this.#socket = socket;
    this.door = door;
  }

  get origin(): Origin {
    const { host, secure } = this.door;
    return { address: normalAddress(this.#socket.remoteAddress), listenerHost: host, secure };
  }

  get binding(): Uint8Array | undefined {
    const socket = this.#socket;
    if (!(socket instanceof TLSSocket)) return noBinding;
    return socket.destroyed
      ? undefined
      : socket.exportKeyingMaterial(bindingBytes, bindingLabel, emptyContext);
  }

  write(binary: string): void {
    if (this.#socket.writable) this.#socket.write(binary, 'latin1', this.#written());
  }

  writeBytes(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes, this.#written());
  }

  get unsentBytes(): number {
    return this.#socket.writableLength + this.#waitingPieces * pieceBytes;
  }

  /** What to call when the next piece is written: counts the pieces, but only where some are waiting already. */
  #written(): (() => void) | undefined {
    if (this.#socket.writableLength < countedFromBytes) return undefined;
    this.#waitingPieces++;
    this.#pieceWritten ??= () => void this.#waitingPieces--;
    return this.#pieceWritten;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    if (!this.#socket.writable) return;
    this.#socket.end();
    const linger = setTimeout(() => this.#socket.destroy(), lingerMs);
    this.#socket.once('close', () => clearTimeout(linger));
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

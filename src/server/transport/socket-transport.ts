// A stream on a socket of the system, plain or TLS. Owns the socket after its admission. Knows no lines and no users.

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { bindingBytes, bindingLabel } from '../../wire/extended/login.ts';
import type { ListenerStreams } from './listener.ts';
import type { Accept, Origin, Transport, TransportListener } from './transport.ts';

/** How long a closing connection may take to read the rest, in milliseconds. */
const lingerMs = 2000;

/**
 * The memory of a waiting piece without its bytes, measured: 60 bytes in the queue of its socket, and a few hundred
 * that are shared by all sockets waiting with the same piece. Without counting them, a receiver of many small lines who
 * has stopped reading would hold several times the memory that the caps allow.
 */
const pieceBytes = 256;

/** Pieces are counted only above this many unsent bytes. A client that reads never gets there. */
const countedFromBytes = 16 * 1024;

/** Makes a stream of a paused socket, and begins to read it. */
export function openStream(socket: StreamSocket, streams: ListenerStreams, accept: Accept): void {
  const transport = new SocketTransport(socket, streams);
  socket[transportOf] = transport;
  streams.opened();
  transport.listener = accept(transport);
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', onClose);
  socket.resume();
}

// All sockets share their handlers, which find their transport by this key: closures would cost each socket some
// hundred bytes, and most connections are idle.
const transportOf = Symbol('transport');

type StreamSocket = Socket & { [transportOf]?: SocketTransport };

/** Receives a chunk, which is valid only until the call returns. */
export function receiveChunk(chunk: Uint8Array, socket: StreamSocket): boolean {
  socket[transportOf]?.listener?.data(chunk);
  return true;
}

function onData(this: StreamSocket, chunk: Buffer): void {
  receiveChunk(chunk, this);
}

function onEnd(this: StreamSocket): void {
  this[transportOf]?.listener?.finished();
}

function onClose(this: StreamSocket): void {
  const transport = this[transportOf];
  transport?.listener?.closed();
  transport?.streams.closed();
}

const noBinding = new Uint8Array();
const emptyContext = Buffer.alloc(0);

export class SocketTransport implements Transport {
  readonly #socket: Socket;
  readonly streams: ListenerStreams;
  /** Receives the events of the socket. */
  listener: TransportListener | undefined;
  /** Pieces that wait for a full socket. */
  #waitingPieces = 0;
  #pieceWritten: (() => void) | undefined;

  constructor(socket: Socket, streams: ListenerStreams) {
    this.#socket = socket;
    this.streams = streams;
  }

  get origin(): Origin {
    return this.streams.originOf(this.#socket);
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

  /** The callback for the next write. It counts the pieces, but only if some are waiting already. */
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

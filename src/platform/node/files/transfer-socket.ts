// A connection to a transfer port [7.11]: over TCP, or over TLS 1.3 under the certificate of the chat connection. Owns
// the socket, its one read buffer, and backpressure. Knows nothing of what is sent.
import {
  connect as connectTcp,
  isIP,
  type OnReadOpts,
  type Socket,
  type SocketConstructorOpts,
  type TcpSocketConnectOpts,
} from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { ConnectTransfer, TransferSocket } from '../../../client/files/moving/ports.ts';
import type { TransferPlace } from '../../../client/files/ports.ts';
import type { ConnectionFailure } from '../../../client/ports.ts';
import { equalBytes } from '../../../lib/bytes.ts';
import { certificateOf, failureOf } from '../connection.ts';

/** For connecting to the port, TLS included. */
export const connectTimeoutMs = 10_000;
/**
 * How long nothing may move in either direction: longer than the server's own limit, because the server gives a better
 * reason.
 */
const stallTimeoutMs = 90_000;
/** One buffer for all reads: content is copied out of it once, without further allocation. */
const readBufferBytes = 256 * 1024;
/** If more than this is unsent, the other side or the server is behind, and writing waits. */
const maxUnsentBytes = 1024 * 1024;

const ended: ConnectionFailure = { code: 'ECONNRESET', detail: 'the connection was closed' };
const silent: ConnectionFailure = { code: 'ETIMEDOUT', detail: 'there was no answer in time' };
const stranger: ConnectionFailure = {
  code: 'EPROTO',
  detail: 'the port has another certificate than the server',
};

export const connectTransfer: ConnectTransfer = (...at) => new NodeTransferSocket(...at);

class NodeTransferSocket implements TransferSocket {
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;
  #failure: ConnectionFailure | undefined;
  #isClosed = false;
  #wake: () => void = () => {};
  /** Resolves `opened`: connected, or failed. */
  #settle: () => void = () => {};
  readonly #settled = new Promise<void>((resolve) => (this.#settle = resolve));
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>;

  /**
   * Begins to connect. `onBytes` receives bytes, which are only valid until it returns, and returns whether to read on;
   * otherwise `resume` does later. `onEnd` is called when the other side has sent everything.
   */
  constructor(place: TransferPlace, onBytes: (bytes: Uint8Array) => boolean, onEnd: () => void) {
    const onread: OnReadOpts = {
      buffer: new Uint8Array(readBufferBytes),
      callback: (length, buffer) => onBytes(buffer.subarray(0, length)),
    };
    const settle = () => this.#settle();
    this.#socket = open(place, onread, () => void this.#opened(place).then(settle));
    this.#socket.setNoDelay(true);
    this.#socket.setTimeout(stallTimeoutMs, () => this.#fail(silent));
    if (place.fingerprint === undefined) this.#socket.once('connect', settle);
    this.#timer = setTimeout(() => this.#fail(silent), connectTimeoutMs);
    this.#socket.on('error', (error) => (this.#failure ??= failureOf(error)));
    this.#socket.on('drain', () => this.#wake());
    this.#socket.once('end', onEnd);
    this.closed = new Promise((resolve) => {
      this.#socket.once('close', () => {
        clearTimeout(this.#timer);
        this.#isClosed = true;
        this.#failure ??= ended;
        this.#wake();
        settle();
        onEnd();
        resolve();
      });
    });
  }

  /** Why it has ended. Undefined before that. */
  get failure(): ConnectionFailure | undefined {
    return this.#isClosed ? this.#failure : undefined;
  }

  /** Resolves when it is connected, or has failed. */
  async opened(): Promise<void> {
    await this.#settled;
    clearTimeout(this.#timer);
  }

  /**
   * Queues `pieces`, which must not change any more. Resolves when there is room for more, or the connection has ended.
   */
  async write(pieces: readonly (Uint8Array | string)[]): Promise<void> {
    if (this.#isClosed || !this.#socket.writable) return;
    this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece);
    this.#socket.uncork();
    while (!this.#isClosed && this.#socket.writableLength > maxUnsentBytes) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  resume(): void {
    if (!this.#isClosed) this.#socket.resume();
  }

  /** Sends what is queued, and nothing more. The other side may take its time to answer. */
  halfClose(): void {
    if (!this.#isClosed) this.#socket.end();
  }

  /** Sends what is queued, and closes when the other side does, or after a while. */
  async end(): Promise<void> {
    if (this.#isClosed) return;
    this.#socket.end();
    this.#socket.resume();
    // The timer must not keep the program running.
    const timer = setTimeout(() => this.#socket.destroy(), connectTimeoutMs).unref();
    await this.closed;
    clearTimeout(timer);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Before a byte is written or read: the port is the server's, or the connection ends. */
  async #opened({ fingerprint, vouches }: TransferPlace): Promise<void> {
    if (fingerprint === undefined) return;
    const shown = certificateOf(this.#socket as TLSSocket)?.fingerprint;
    if (shown !== undefined && equalBytes(shown, fingerprint)) return;
    this.#socket.pause();
    const isVouchedFor = shown !== undefined && (await vouches?.(shown)) === true;
    if (isVouchedFor) this.resume();
    else this.#fail(stranger);
  }

  #fail(failure: ConnectionFailure): void {
    this.#failure ??= failure;
    this.#socket.destroy();
  }
}

function open(
  { host, port, fingerprint }: TransferPlace,
  onread: OnReadOpts,
  onOpen: () => void,
): Socket {
  if (fingerprint === undefined) return connectTcp({ host, port, onread, allowHalfOpen: true });
  // It accepts these two like TCP does, but its types lack them.
  const options: ConnectionOptions &
    Pick<TcpSocketConnectOpts, 'onread'> &
    Pick<SocketConstructorOpts, 'allowHalfOpen'> = {
    host,
    port,
    onread,
    minVersion: 'TLSv1.3',
    // The certificate of the chat connection identifies it, without an authority.
    rejectUnauthorized: false,
    allowHalfOpen: true,
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
  return connectTls(options, onOpen);
}

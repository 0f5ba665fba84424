// One connection of the load generator. All of them read into one buffer, which is only valid until the reader returns:
// nothing is allocated for a read.

import { connect, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls';
import type { Dialect, Step } from '../dialect.ts';
import { FrameReader } from './frames.ts';
import { Script } from './script.ts';

/** Handles the first `end` bytes of `bytes`, which are overwritten afterwards. */
export type Reader = (bytes: Buffer, end: number) => void;

/** The largest read. */
const shared = Buffer.allocUnsafeSlow(256 * 1024);

export class Client {
  readonly #socket: Socket;
  readonly #script: Script;
  #reader: Reader;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #closed: ((reason: Error) => void) | undefined;

  /** Begins to connect to this machine's `port`. What comes may be in frames of a WebSocket, or over TLS. */
  constructor(port: number, { inFrames, overTls }: Pick<Dialect, 'inFrames' | 'overTls'> = {}) {
    const frames = inFrames === true ? new FrameReader() : undefined;
    this.#script = new Script(
      (text) => this.send(text),
      () => this.#settled(),
    );
    const toScript: Reader = (bytes, end) =>
      this.#script.received(bytes.toString('latin1', 0, end));
    this.#reader = toScript;
    const take = (bytes: Buffer, end: number): void => {
      const length = frames?.strip(bytes, end) ?? end;
      if (length > 0) this.#reader(bytes, length);
    };
    this.#socket = overTls === true ? openTls(port, take) : openPlain(port, take);
    let reason = new Error('the server closed the connection');
    this.#socket.on('error', (error) => (reason = error));
    this.#socket.on('close', () => {
      this.#settle?.reject(new Error(`${reason.message}, ${this.#script.describe()}`));
      this.#closed?.(reason);
    });
  }

  /** Plays a conversation. Rejects if the connection ends before it. */
  play(steps: readonly Step[]): Promise<void> {
    if (steps.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#script.play(steps);
    });
  }

  /** The state of its conversation, for an error about one that is stuck. */
  describe(): string {
    return this.#script.describe();
  }

  /** From now on received bytes go to `reader`, and the end of the connection to `closed`. */
  readTo(reader: Reader, closed: (reason: Error) => void): void {
    this.#reader = reader;
    this.#closed = closed;
  }

  /** Sends a binary string. */
  send(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** Reads nothing more until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends the connection at once, without a report. */
  destroy(): void {
    this.#closed = undefined;
    this.#settle = undefined;
    // Over TLS there is no reset.
    if (this.#socket instanceof TLSSocket) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  #settled(): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.resolve();
  }
}

const host = '127.0.0.1';

function openPlain(port: number, take: Reader): Socket {
  const callback = (end: number) => {
    take(shared, end);
    return true;
  };
  return connect({ host, port, noDelay: true, onread: { buffer: shared, callback } });
}

/** One for all connections: to make it costs more than a handshake. */
let context: ReturnType<typeof createSecureContext> | undefined;

function openTls(port: number, take: Reader): Socket {
  context ??= createSecureContext({ minVersion: 'TLSv1.3' });
  const secureContext = context;
  const socket = connectTls({ host, port, secureContext, rejectUnauthorized: false });
  socket.setNoDelay(true);
  return socket.on('data', (chunk: Buffer) => take(chunk, chunk.length));
}

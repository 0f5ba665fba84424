// The stream of a transfer port on a WebSocket [19.1], as one of Node's: with back-pressure both ways, and half-closing.
// `ws` reads the frames and answers the close. Knows nothing of what is sent.

import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { maxMessageBytes, ReadCount, SendWindow } from '../../../wire/file-socket.ts';

/** Codes of a close [RFC 6455 §7.4.1]. */
const normalClosure = 1000;
const protocolError = 1002;

/** Pings are not answered while so many bytes wait: who does not read could otherwise make them heap up. */
const maxWaitingPongBytes = 64 * 1024;

/** Pieces of one message: a browser sends a message in one. */
const maxFragments = 1024;

/** How long the other side may take to answer a close, in milliseconds. */
const lingerMs = 2000;

/** For the `ws` side of such a WebSocket. */
export const fileSocketOptions = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: maxMessageBytes,
  maxFragments,
  closeTimeout: lingerMs,
  autoPong: false,
  handleProtocols: () => false as const,
} as const;

const noBytes = Buffer.alloc(0);

export class WebStream extends Duplex {
  readonly #webSocket: WebSocket;
  readonly #window = new SendWindow();
  readonly #count = new ReadCount();
  /** Received, and not said to be read. */
  #unread = 0;
  /** Goes on with writing when the other side has read more. */
  #goOn: (() => void) | undefined;

  constructor(webSocket: WebSocket) {
    super({ allowHalfOpen: true, readableHighWaterMark: maxMessageBytes });
    this.#webSocket = webSocket;
    webSocket.on('message', (message, isBinary) => this.#hear(message as Buffer, isBinary));
    webSocket.on('ping', (payload) => {
      if (webSocket.bufferedAmount < maxWaitingPongBytes) webSocket.pong(payload);
    });
    webSocket.on('close', () => this.destroy());
    // 'close' follows every error and is what counts.
    webSocket.on('error', () => {});
    this.on('error', () => {});
  }

  #hear(message: Buffer, isBinary: boolean): void {
    if (this.destroyed) return;
    if (!isBinary) {
      this.#heardRead(message);
    } else if (this.readableEnded || this.#hasHeardEnd) {
      this.#webSocket.close(protocolError);
    } else if (message.length === 0) {
      this.#hasHeardEnd = true;
      this.push(null);
    } else {
      this.#unread += message.length;
      if (!this.push(message)) this.#webSocket.pause();
    }
  }

  #hasHeardEnd = false;

  #heardRead(text: Buffer): void {
    // The longest is not much longer than its number.
    if (text.length > 32 || !this.#window.heard(text.toString('latin1'))) {
      this.#webSocket.close(protocolError);
      return;
    }
    if (!this.#window.isOpen) return;
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn?.();
  }

  override _read(): void {
    const read = this.#unread - this.readableLength;
    this.#unread -= read;
    const said = this.#count.reading(read);
    if (said !== undefined) this.#webSocket.send(said);
    if (this.#webSocket.isPaused) this.#webSocket.resume();
  }

  override _write(chunk: Buffer, _encoding: unknown, done: () => void): void {
    // An empty message would end this direction.
    if (chunk.length === 0) {
      done();
      return;
    }
    this.#window.sending(chunk.length);
    this.#webSocket.send(chunk, { binary: true }, () => {
      if (this.#window.isOpen) done();
      else this.#goOn = done;
    });
  }

  override _final(done: () => void): void {
    this.#webSocket.send(noBytes, { binary: true }, () => done());
  }

  /** When both directions have ended it is closed as it should be, and cut otherwise. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const webSocket = this.#webSocket;
    if (webSocket.readyState === webSocket.CLOSED) {
      done(error);
      return;
    }
    webSocket.once('close', () => done(error));
    if (this.writableFinished && this.readableEnded) webSocket.close(normalClosure);
    else webSocket.terminate();
  }
}

// A connection to a transfer port over a WebSocket [19.1]. Owns the socket, how much may be on the way, and what arrives
// while nobody reads: never more than a window, because it is not said to be read. Works in a page and in a worker. Who
// answers, the browser has checked: it is the server of the page.
import type { ServerAddress } from '../../../client/connection/server-address.ts';
import type { ConnectTransfer, TransferSocket } from '../../../client/files/moving/ports.ts';
import type { ConnectionFailure } from '../../../client/ports.ts';
import { encodeUtf8 } from '../../../lib/bytes.ts';
import { filePath, maxMessageBytes, ReadCount, SendWindow } from '../../../wire/file-socket.ts';
import { unshared } from '../buffer.ts';
import { socketUrl } from '../connection.ts';

const connectTimeoutMs = 10_000;
/**
 * How long nothing may move in either direction: longer than the server's own limit, because the server gives a better
 * reason.
 */
const stallTimeoutMs = 90_000;

const ended: ConnectionFailure = { code: 'ECONNRESET', detail: 'the connection was closed' };
const silent: ConnectionFailure = { code: 'ETIMEDOUT', detail: 'there was no answer in time' };
const refused: ConnectionFailure = {
  code: 'ECONNREFUSED',
  detail: 'the server did not take the file’s connection',
};

/** Connects to the transfer ports of the server that serves pages at `address`. */
export function connectorTo(address: ServerAddress): ConnectTransfer {
  return ({ port }, onBytes, onEnd) =>
    new WebTransferSocket(socketUrl(address, filePath(port)), onBytes, onEnd);
}

class WebTransferSocket implements TransferSocket {
  readonly #socket: WebSocket;
  readonly #onBytes: (bytes: Uint8Array) => boolean;
  readonly #onEnd: () => void;
  readonly #window = new SendWindow();
  readonly #count = new ReadCount();
  readonly closed: Promise<void>;
  #failure: ConnectionFailure | undefined;
  #phase: 'dialling' | 'open' | 'closed' = 'dialling';
  /** Arrived, and not passed on yet. Undefined is the end. */
  #held: (Uint8Array | undefined)[] = [];
  #isPaused = false;
  #hasEnded = false;
  #isHalfClosed = false;
  #settle: () => void = () => {};
  readonly #settled = new Promise<void>((resolve) => (this.#settle = resolve));
  #wake: () => void = () => {};
  #movedAt = performance.now();
  /** The next one to be sent: memory that is new for each costs as much as what is done with it. */
  readonly #message = new Uint8Array(maxMessageBytes);
  #watch: ReturnType<typeof setTimeout>;

  constructor(url: string, onBytes: (bytes: Uint8Array) => boolean, onEnd: () => void) {
    this.#onBytes = onBytes;
    this.#onEnd = onEnd;
    this.#socket = new WebSocket(url);
    this.#socket.binaryType = 'arraybuffer';
    this.#watch = setTimeout(() => this.#fail(silent), connectTimeoutMs);
    this.#socket.addEventListener('open', () => {
      if (this.#phase === 'closed') {
        this.#socket.close();
        return;
      }
      this.#phase = 'open';
      clearTimeout(this.#watch);
      this.#watchFor(stallTimeoutMs);
      this.#settle();
    });
    this.#socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => this.#hear(data));
    let gone = (): void => {};
    this.closed = new Promise((resolve) => (gone = resolve));
    const over = (): void => {
      this.#failure ??= this.#phase === 'dialling' ? refused : ended;
      this.#over();
      gone();
    };
    this.#socket.addEventListener('close', over);
    this.#cut = over;
  }

  readonly #cut: () => void;

  get failure(): ConnectionFailure | undefined {
    return this.#phase === 'closed' ? this.#failure : undefined;
  }

  async opened(): Promise<void> {
    await this.#settled;
  }

  async write(pieces: readonly (Uint8Array | string)[]): Promise<void> {
    if (this.#phase !== 'open' || this.#isHalfClosed) return;
    const message = this.#message;
    let filled = 0;
    for (const piece of pieces) {
      const bytes = typeof piece === 'string' ? encodeUtf8(piece) : piece;
      for (let at = 0; at < bytes.length;) {
        const part = bytes.subarray(at, at + message.length - filled);
        message.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < message.length) continue;
        await this.#send(message);
        filled = 0;
      }
    }
    if (filled > 0) await this.#send(message.subarray(0, filled));
  }

  /** Sends a copy, once there is room for it. */
  async #send(message: Uint8Array): Promise<void> {
    while (!this.#window.isOpen && this.#isOpen()) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (!this.#isOpen()) return;
    this.#window.sending(message.length);
    this.#socket.send(unshared(message));
    this.#moved();
  }

  resume(): void {
    this.#isPaused = false;
    // Not within the call: whoever resumes may be in the middle of its work.
    queueMicrotask(() => this.#passOn());
  }

  halfClose(): void {
    if (!this.#isOpen() || this.#isHalfClosed) return;
    this.#isHalfClosed = true;
    this.#socket.send(new Uint8Array());
  }

  async end(): Promise<void> {
    if (this.#phase === 'closed') return;
    this.halfClose();
    this.resume();
    const timer = setTimeout(() => this.destroy(), connectTimeoutMs);
    await this.closed;
    clearTimeout(timer);
  }

  destroy(): void {
    if (this.#phase === 'closed') return;
    const wasOpen = this.#phase === 'open';
    this.#cut();
    // While it is dialled, closing would be reported to the person's console as an error.
    if (wasOpen) this.#socket.close();
  }

  #isOpen(): boolean {
    return this.#phase === 'open';
  }

  #hear(data: unknown): void {
    if (this.#phase !== 'open') return;
    this.#moved();
    if (typeof data === 'string') {
      if (!this.#window.heard(data)) this.#fail(ended);
      this.#wake();
      return;
    }
    if (!(data instanceof ArrayBuffer)) return;
    this.#held.push(data.byteLength === 0 ? undefined : new Uint8Array(data));
    this.#passOn();
  }

  #passOn(): void {
    while (!this.#isPaused && this.#held.length > 0 && this.#phase !== 'closed') {
      const bytes = this.#held.shift();
      if (bytes === undefined) {
        this.#end();
        continue;
      }
      this.#isPaused = !this.#onBytes(bytes);
      const said = this.#count.reading(bytes.length);
      if (said !== undefined && this.#isOpen()) this.#socket.send(said);
    }
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onEnd();
  }

  #fail(failure: ConnectionFailure): void {
    this.#failure ??= failure;
    this.destroy();
  }

  #over(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    clearTimeout(this.#watch);
    this.#held = [];
    this.#wake();
    this.#settle();
    this.#end();
  }

  #moved(): void {
    this.#movedAt = performance.now();
    this.#wake();
  }

  #watchFor(ms: number): void {
    this.#watch = setTimeout(() => {
      const left = this.#movedAt + stallTimeoutMs - performance.now();
      if (left > 0) this.#watchFor(left);
      else this.#fail(silent);
    }, ms);
  }
}

// Byte connections over a WebSocket: binary messages both ways, each a piece of the stream of lines; where one ends means
// nothing. Nothing proves who answered (`plain`): a browser has checked the certificate and tells a page nothing of it.
// Only `helo web`, which carries the connection of its own page on over TLS, tells what it saw there: in a text, before
// all bytes. So what proves who answered is known with the first message, and the server always speaks first.
//
// What a browser cannot do, and what happens instead:
// - It cannot stop reading. What arrives while the client has paused is kept here, up to `maxHeldBytes`; beyond that the
//   connection ends, and the client reads what it missed after the next login.
// - It does not say that what was queued is sent. It is asked every few milliseconds, as long as something is.
// - It does not say why a connection failed: a page may not explore its network.
// - It closes both sides at once: after `end` nothing more is heard.
import { formatHostPort, type ServerAddress } from '../../client/connection/server-address.ts';
import type {
  ByteConnection,
  ConnectionFailure,
  ConnectionHandlers,
  ServerProof,
} from '../../client/ports.ts';
import { decodeBase64url } from '../../lib/base64url.ts';
import { unshared } from './buffer.ts';

/** What is kept at most of what arrives while the client is busy. */
export const maxHeldBytes = 8 * 1024 * 1024;

const socketPath = '/socket';
const drainCheckMs = 10;
/** [RFC 6455 §7.4.1] The other side has ended it as it should, is going away, or has given no reason. */
const normalEnds = new Set([1000, 1001, 1005]);

/** Dials the WebSocket of the server that serves pages at `address`. */
export function dial(address: ServerAddress, handlers: ConnectionHandlers): ByteConnection {
  return new WebConnection(new WebSocket(socketUrl(address, socketPath)), handlers);
}

/** The URL of a WebSocket of the server at `address`. */
export function socketUrl(address: ServerAddress, path: string): string {
  const isPlain = address.transport === 'web' && address.scheme === 'http';
  return `${isPlain ? 'ws' : 'wss'}://${formatHostPort(address)}${path}`;
}

class WebConnection implements ByteConnection {
  readonly #socket: WebSocket;
  readonly #handlers: ConnectionHandlers;
  #state: 'dialling' | 'open' | 'ending' | 'closed' = 'dialling';
  /** Written before the connection stood. */
  #early: Uint8Array[] = [];
  /** Whether it was told that the connection stands. */
  #isTold = false;
  #isPaused = false;
  /** What has arrived and was not passed on. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #isPassing = false;
  /** The end, once it is known: what is held comes before it. */
  #ended: { readonly failure: ConnectionFailure | undefined } | undefined;
  #drainCheck: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: WebSocket, handlers: ConnectionHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => this.#opened());
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => this.#received(data));
    socket.addEventListener('close', (event) => this.#over(failureOf(event, this.#state)));
  }

  get unsentBytes(): number {
    const early = this.#early.reduce((sum, { length }) => sum + length, 0);
    return early + this.#socket.bufferedAmount;
  }

  write(bytes: Uint8Array): void {
    if (this.#state === 'dialling') this.#early.push(bytes.slice());
    if (this.#state !== 'open') return;
    this.#socket.send(unshared(bytes));
    this.#watchDrain();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#passOnSoon();
  }

  end(): void {
    if (this.#state === 'closed' || this.#state === 'ending') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'ending';
    if (wasOpen) this.#socket.close();
  }

  destroy(): void {
    if (this.#state === 'closed') return;
    this.#drop();
    queueMicrotask(() => this.#handlers.onClose(undefined));
  }

  #opened(): void {
    if (this.#state === 'closed') {
      // Closing it earlier would have been reported to the person's console as an error.
      this.#socket.close();
      return;
    }
    for (const bytes of this.#early) this.#socket.send(unshared(bytes));
    this.#early = [];
    if (this.#state === 'ending') this.#socket.close();
    else this.#state = 'open';
  }

  #received(data: unknown): void {
    if (this.#state === 'closed') return;
    const isFirst = !this.#isTold;
    this.#isTold = true;
    const seen = isFirst && typeof data === 'string' ? parseTlsProof(data) : undefined;
    if (isFirst) this.#handlers.onOpen(seen ?? { kind: 'plain' });
    if (seen !== undefined) return;
    if (!(data instanceof ArrayBuffer)) {
      this.#fail({ code: 'EPROTO', detail: 'the server sent text where bytes belong' });
      return;
    }
    if (data.byteLength === 0) return;
    this.#held.push(new Uint8Array(data));
    this.#heldBytes += data.byteLength;
    if (!this.#isPaused && !this.#isPassing) this.#passOn();
    if (this.#heldBytes > maxHeldBytes)
      this.#fail({ code: 'ENOBUFS', detail: 'more arrived than this page could take in' });
  }

  #passOnSoon(): void {
    queueMicrotask(() => {
      if (!this.#isPassing) this.#passOn();
    });
  }

  /** Passes on what is held, in order, as long as the client takes it; and then the end. */
  #passOn(): void {
    this.#isPassing = true;
    try {
      while (!this.#isPaused && this.#held.length > 0 && this.#state !== 'closed') {
        const bytes = this.#held.shift();
        if (bytes === undefined) break;
        this.#heldBytes -= bytes.length;
        this.#handlers.onData(bytes);
      }
    } finally {
      this.#isPassing = false;
    }
    if (this.#ended !== undefined && this.#held.length === 0) this.#close(this.#ended.failure);
  }

  #over(failure: ConnectionFailure | undefined): void {
    if (this.#state === 'closed') return;
    this.#ended = { failure };
    this.#passOnSoon();
  }

  #fail(failure: ConnectionFailure): void {
    this.#drop();
    this.#handlers.onClose(failure);
  }

  #close(failure: ConnectionFailure | undefined): void {
    if (this.#state === 'closed') return;
    this.#drop();
    this.#handlers.onClose(failure);
  }

  #drop(): void {
    this.#state = 'closed';
    this.#held = [];
    this.#early = [];
    clearTimeout(this.#drainCheck);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close();
  }

  #watchDrain(): void {
    if (this.#drainCheck !== undefined || this.#socket.bufferedAmount === 0) return;
    this.#drainCheck = setTimeout(() => {
      this.#drainCheck = undefined;
      if (this.#state === 'closed') return;
      if (this.#socket.bufferedAmount === 0) this.#handlers.onDrain();
      else this.#watchDrain();
    }, drainCheckMs);
  }
}

/** `tls FINGERPRINT BINDING`, what `helo web` saw of the server. */
function parseTlsProof(text: string): ServerProof | undefined {
  const [, ...words] = /^tls ([\w-]{43}) ([\w-]{43})$/.exec(text) ?? [];
  const [fingerprint, binding] = words.map(decodeBase64url);
  if (fingerprint === undefined || binding === undefined) return undefined;
  return { kind: 'tls', fingerprint, binding };
}

function failureOf(
  { code, wasClean }: CloseEvent,
  state: 'dialling' | 'open' | 'ending' | 'closed',
): ConnectionFailure | undefined {
  if (state === 'dialling')
    return { code: 'EHOSTUNREACH', detail: 'the browser could not connect to the server' };
  if (state === 'ending' || (wasClean && normalEnds.has(code))) return undefined;
  return wasClean
    ? { code: `WS${code}`, detail: `the server ended the connection (${code})` }
    : { code: 'ECONNRESET', detail: 'the connection was cut' };
}

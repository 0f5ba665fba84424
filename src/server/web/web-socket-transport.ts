// A stream of lines over a WebSocket: binary messages, whose borders mean nothing. Owns the socket after its upgrade.
// `ws` reads the frames, answers pings and carries out the close; what the server sends is framed here and written to
// the socket itself, because a frame is shared by everybody who gets it (frame.ts). Knows no lines and no users.

import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import { debtMs, fullBucket, use, type Rate } from '../limits/rate.ts';
import type { ListenerStreams } from '../transport/listener.ts';
import { SocketTransport } from '../transport/socket-transport.ts';
import type { Accept, Origin } from '../transport/transport.ts';
import { FrameWalk } from './frame-walk.ts';
import { frameOfBinary, sharedFrameOf } from './frame.ts';

/** Codes of a close [RFC 6455 §7.4.1]. */
const normalClosure = 1000;
const unsupportedMessage = 1003;

/**
 * Messages and pings of one connection, far more than its lines may be: empty ones, and those of single bytes, cost
 * time too, and are no lines yet.
 */
const frameRate: Rate = { perSecond: 1000, burst: 5000 };

/** What all WebSockets of a listener have in common. */
export interface WebSocketContext {
  readonly streams: ListenerStreams;
  readonly accept: Accept;
  readonly clock: Clock;
  /** Whether connections have limits. */
  readonly isLimited: boolean;
}

/** Makes a stream of an open WebSocket on `socket`. */
export function openWebSocket(
  webSocket: WebSocket,
  socket: Socket,
  origin: Origin,
  context: WebSocketContext,
): void {
  const transport = new WebSocketTransport(webSocket, socket, origin, context);
  context.streams.opened();
  transport.listener = context.accept(transport);
}

const noBinding = new Uint8Array();

class WebSocketTransport extends SocketTransport {
  readonly #webSocket: WebSocket;
  readonly #origin: Origin;
  readonly #context: WebSocketContext;
  #isPaused = false;
  /** Ends the wait of a connection that sends too many frames. */
  #cancelRest: (() => void) | undefined;
  /** Messages that `ws` had read before the pause: those of one chunk. */
  readonly #unheard: Buffer[] = [];
  #phase: 'open' | 'ended' | 'finished' | 'closed' = 'open';
  #frames = fullBucket;
  readonly #frameWalk = new FrameWalk();

  constructor(webSocket: WebSocket, socket: Socket, origin: Origin, context: WebSocketContext) {
    super(socket, context.streams);
    this.#webSocket = webSocket;
    this.#origin = origin;
    this.#context = context;
    webSocket.on('message', (message, isBinary) => this.#hear(message as Buffer, isBinary));
    webSocket.on('ping', () => this.#count());
    webSocket.on('pong', () => this.#count());
    webSocket.on('close', () => this.#hasClosed());
    // Before `ws`: what it takes out of the chunk is heard, and counted, during it.
    socket.prependListener('data', (chunk: Buffer) => this.#walk(chunk));
    // After `ws`, which has read the chunk by then.
    socket.on('data', () => this.#hasRead());
    // 'close' follows every error and is what counts.
    webSocket.on('error', () => {});
  }

  override get origin(): Origin {
    return this.#origin;
  }

  /** A browser does not tell its page the binding of a connection. */
  override get binding(): Uint8Array {
    return noBinding;
  }

  override write(binary: string): void {
    if (this.#isOpen) super.writeBytes(frameOfBinary(binary));
  }

  override writeBytes(bytes: Uint8Array): void {
    if (this.#isOpen) super.writeBytes(sharedFrameOf(bytes));
  }

  override pause(): void {
    this.#isPaused = true;
    this.#webSocket.pause();
  }

  override resume(): void {
    this.#isPaused = false;
    this.#goOn();
  }

  /** After its close frame nothing may follow; `ws` gives the other side a moment to answer it. */
  override end(): void {
    if (this.#phase === 'open') this.#phase = 'ended';
    this.#webSocket.close(normalClosure);
    // Its answer is read, and what else comes is not heard any more.
    this.#webSocket.resume();
  }

  get #isOpen(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  get #isReading(): boolean {
    return !this.#isPaused && this.#cancelRest === undefined;
  }

  #hear(message: Buffer, isBinary: boolean): void {
    if (!this.#isOpen) return;
    if (!isBinary) {
      this.#webSocket.close(unsupportedMessage);
      return;
    }
    this.#count();
    if (this.#isReading && this.#unheard.length === 0) this.listener?.data(message);
    else this.#unheard.push(message);
  }

  #walk(chunk: Buffer): void {
    const before = this.#frameWalk.held;
    this.#frameWalk.walk(chunk);
    const { held } = this.#frameWalk;
    if (held !== before && this.#isOpen) this.listener?.gathering?.(held);
  }

  /** Counts a frame. Too many, and the connection is not read for a while. */
  #count(): void {
    const { clock, isLimited } = this.#context;
    if (!isLimited) return;
    const now = clock.now();
    this.#frames = use(this.#frames, frameRate, 1, now);
    const restMs = debtMs(this.#frames, frameRate, now);
    if (restMs === 0 || this.#cancelRest !== undefined || !this.#isOpen) return;
    this.#webSocket.pause();
    this.#cancelRest = clock.after(restMs, () => {
      this.#cancelRest = undefined;
      this.#goOn();
    });
  }

  #goOn(): void {
    while (this.#isReading) {
      const message = this.#unheard.shift();
      if (message === undefined) break;
      this.listener?.data(message);
    }
    if (!this.#isReading) return;
    if (this.#phase === 'finished') this.listener?.finished();
    else if (this.#phase === 'closed') this.#tellClosed();
    else this.#webSocket.resume();
  }

  /**
   * A close of the other side is told at once, not when its socket is closed too: whoever has seen the server's answer
   * to it is gone for everybody. A WebSocket has no half-close.
   */
  #hasRead(): void {
    if (this.#phase !== 'open' || this.#isOpen) return;
    this.#phase = 'finished';
    if (this.#unheard.length === 0) this.listener?.finished();
  }

  /** What was said before the end is heard before it, as on other streams. */
  #hasClosed(): void {
    this.#phase = 'closed';
    if (this.#unheard.length === 0) this.#tellClosed();
  }

  #tellClosed(): void {
    this.#cancelRest?.();
    this.listener?.closed();
    this.streams.closed();
  }
}

// One connection of the page to the server: what the page sends in binary messages goes to the server as it is, and the
// other way round. Owns both ends, and holds for neither more than a cap: for a slow side the other one is not read.
// Reads no lines. Nothing is carried before the server is known to be the right one. Over TLS the page is told first
// which connection this is, for the server signs with its binding [RFC 9266]: `tls FINGERPRINT BINDING`, the only message
// of text.
import type { CloseReason } from '../../client/client-state.ts';
import { closedEarly, unanswered } from '../../client/connection/server-probe.ts';
import { connectTimeoutMs } from '../../client/connection/server-link.ts';
import type { ByteConnection, ConnectionFailure, ServerProof } from '../../client/ports.ts';
import { encodeBase64url } from '../../lib/base64url.ts';
import { nodeTimers } from '../../platform/node/runtime.ts';
import type { TrustedServer } from './trusted-server.ts';

/** The most that waits for a slow side, in bytes, before the other one is not read any more. */
export const maxWaitingBytes = 1024 * 1024;
/** For the server to take what is on its way when the page has closed. */
const partingMs = 5000;

/** Codes of a close [RFC 6455 §7.4.1]. */
const normalClosure = 1000;
const unsupportedMessage = 1003;
const internalError = 1011;

/** What is used of a WebSocket. */
export interface PageSocket {
  readonly bufferedAmount: number;
  on(event: 'message', heard: (message: unknown, isBinary: boolean) => void): unknown;
  on(event: 'close' | 'error', heard: () => void): unknown;
  send(message: Buffer | string, sent?: () => void): void;
  pause(): void;
  resume(): void;
  close(code: number): void;
  terminate(): void;
}

/** The page, which waits for its WebSocket. */
export interface WaitingPage {
  /** The server is there. Undefined if the page has gone meanwhile. */
  accept(): PageSocket | undefined;
  refuse(reason: CloseReason): void;
  /** The connection to the server is closed. */
  over(): void;
}

type Carrier = Pick<TrustedServer, 'dial' | 'check'>;

type State =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'open'; readonly webSocket: PageSocket }
  | { readonly phase: 'over' };

export class CarriedConnection {
  readonly #trusted: Carrier;
  readonly #page: WaitingPage;
  readonly #server: ByteConnection;
  #state: State = { phase: 'waiting' };
  #cancelDeadline: () => void;

  constructor(trusted: Carrier, page: WaitingPage) {
    this.#trusted = trusted;
    this.#page = page;
    this.#cancelDeadline = nodeTimers.after(connectTimeoutMs, () =>
      this.#refuse({ code: 'unreachable', failure: unanswered }),
    );
    this.#server = trusted.dial({
      onOpen: (proof) => void this.#opened(proof),
      onData: (bytes) => this.#fromServer(bytes),
      onDrain: () => this.#openWebSocket?.resume(),
      onClose: (failure) => this.#serverLeft(failure),
    });
  }

  /** Ends both sides at once. */
  end(): void {
    this.#openWebSocket?.terminate();
    this.#state = { phase: 'over' };
    this.#server.destroy();
  }

  get #openWebSocket(): PageSocket | undefined {
    return this.#state.phase === 'open' ? this.#state.webSocket : undefined;
  }

  async #opened(proof: ServerProof): Promise<void> {
    this.#server.pause();
    const checked = await this.#trusted.check(proof);
    if (this.#state.phase !== 'waiting') return;
    if (!checked.ok) {
      this.#refuse(checked.error);
      return;
    }
    const webSocket = this.#page.accept();
    if (webSocket === undefined) {
      this.end();
      return;
    }
    this.#cancelDeadline();
    this.#state = { phase: 'open', webSocket };
    webSocket.on('message', (message, isBinary) => this.#fromPage(message as Buffer, isBinary));
    webSocket.on('close', () => this.#pageLeft());
    // 'close' follows every error and is what counts.
    webSocket.on('error', () => {});
    if (proof.kind === 'tls') {
      const words = [proof.fingerprint, proof.binding].map((bytes) => encodeBase64url(bytes));
      webSocket.send(`tls ${words.join(' ')}`);
    }
    this.#server.resume();
  }

  #refuse(reason: CloseReason): void {
    this.#cancelDeadline();
    this.#state = { phase: 'over' };
    this.#server.destroy();
    this.#page.refuse(reason);
  }

  #fromServer(bytes: Uint8Array): void {
    const webSocket = this.#openWebSocket;
    if (webSocket === undefined) return;
    // The bytes are only valid during this call.
    webSocket.send(Buffer.from(bytes), () => {
      if (webSocket.bufferedAmount <= maxWaitingBytes) this.#server.resume();
    });
    if (webSocket.bufferedAmount > maxWaitingBytes) this.#server.pause();
  }

  #fromPage(message: Buffer, isBinary: boolean): void {
    const webSocket = this.#openWebSocket;
    if (webSocket === undefined) return;
    if (!isBinary) {
      webSocket.close(unsupportedMessage);
      return;
    }
    this.#server.write(message);
    if (this.#server.unsentBytes > maxWaitingBytes) webSocket.pause();
  }

  /** What the server said before is still sent. */
  #serverLeft(failure: ConnectionFailure | undefined): void {
    this.#cancelDeadline();
    const { phase } = this.#state;
    const webSocket = this.#openWebSocket;
    this.#state = { phase: 'over' };
    if (phase === 'waiting') {
      this.#page.refuse({ code: 'unreachable', failure: failure ?? closedEarly });
    }
    webSocket?.resume();
    webSocket?.close(failure === undefined ? normalClosure : internalError);
    this.#page.over();
  }

  /** What the page said before is still sent. */
  #pageLeft(): void {
    if (this.#state.phase !== 'open') return;
    this.#state = { phase: 'over' };
    this.#server.resume();
    this.#server.end();
    this.#cancelDeadline = nodeTimers.after(partingMs, () => this.#server.destroy());
  }
}

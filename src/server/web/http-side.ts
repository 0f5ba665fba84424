// HTTP on the connections of a listener: answers requests for the page, turns a request for `/socket` into a stream of
// lines, and passes on one for `/file/PORT`. Owns connections while they speak HTTP: how many, how long, how large their headers. Writes nothing to
// the log: addresses may hold codes.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '../clock.ts';
import type { Admission } from '../limits/admission.ts';
import { parseFilePath } from '../../wire/file-socket.ts';
import { visitOf, type WebVisit } from '../files/web/web-visit.ts';
import { ignore, type HttpConnections, type ListenerStreams } from '../transport/listener.ts';
import type { Accept } from '../transport/transport.ts';
import type { TrustedProxies } from '../transport/trusted-proxies.ts';
import { answerPage, textAnswer, type HttpAnswer } from './answer.ts';
import { askerOf, isOwnHost, isOwnOrigin, type WebAsker } from './asker.ts';
import { ConnectionCount } from './connection-count.ts';
import type { WebPage } from './page.ts';
import { noSocketHere, refuseUpgrade, socketPath, webSocketsOnly } from './upgrade.ts';
import { openWebSocket } from './web-socket-transport.ts';

const limits = {
  maxHeaderSize: 8192,
  /** How long the head of a request may take, and a whole one, in milliseconds. */
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  /** How long a connection may be idle between two requests. */
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 2000,
} as const;

/** How long a connection may stand still while it reads an answer, in milliseconds. */
const idleTimeoutMs = 30_000;

const maxHeaders = 64;

/** How long the other side may take to answer a close, in milliseconds. */
const lingerMs = 2000;

/** Pieces of one message: a browser sends a message in one. */
const maxFragments = 1024;

const crlf = 2;

/** Receives a request for a WebSocket to a transfer port. `head` came behind the request. */
export type VisitFile = (visit: WebVisit, socket: Socket, head: Buffer) => void;

export interface HttpSideSettings {
  readonly page: WebPage;
  readonly proxies: TrustedProxies;
  readonly maxLineBytes: number;
  /** Undefined if connections have no limits. */
  readonly admission: Admission | undefined;
  readonly accept: Accept;
  readonly visitFile: VisitFile;
  readonly clock: Clock;
}

export class HttpSide implements HttpConnections {
  readonly #settings: HttpSideSettings;
  readonly #streams: ListenerStreams;
  readonly #http: Server;
  readonly #webSockets: WebSocketServer;
  readonly #count = new ConnectionCount();
  /** WebSockets to transfer ports, by who asked for them. */
  readonly #files = new ConnectionCount();
  /** Ends the count of a connection as one that speaks HTTP. */
  readonly #leave = new WeakMap<Socket, () => void>();

  constructor(settings: HttpSideSettings, streams: ListenerStreams) {
    this.#settings = settings;
    this.#streams = streams;
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // The longest line, with its end, in one message.
      maxPayload: settings.maxLineBytes + crlf,
      maxFragments,
      closeTimeout: lingerMs,
      handleProtocols: () => false as const,
    };
    this.#webSockets = new WebSocketServer(options);
    this.#http = createServer(limits, (request, response) => {
      const { status, headers, body } = this.#answer(request);
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
    });
    this.#http.maxHeadersCount = maxHeaders;
    this.#http.timeout = idleTimeoutMs;
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    // It does not listen itself, and checks its time limits from this event on.
    this.#http.emit('listening');
  }

  serve(socket: Socket): void {
    const leave = this.#count.enter(this.#streams.originOf(socket).address);
    if (leave === undefined) {
      socket.destroy();
      return;
    }
    this.#leave.set(socket, leave);
    socket.on('close', leave);
    this.#http.emit('connection', socket);
    socket.resume();
  }

  close(): void {
    this.#http.close();
    this.#http.closeAllConnections();
  }

  #askerOf(request: IncomingMessage): WebAsker {
    const origin = this.#streams.originOf(request.socket);
    return askerOf(request.headers, origin, this.#settings.proxies);
  }

  #answer(request: IncomingMessage): HttpAnswer {
    if (!isOwnHost(this.#askerOf(request))) return wrongHost;
    const path = pathOf(request);
    if (path === socketPath || parseFilePath(path) !== undefined) return webSocketsOnly;
    return answerPage(this.#settings.page, request);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', ignore);
    const asker = this.#askerOf(request);
    const refusal = this.#refusal(request, asker);
    if (refusal !== undefined) {
      refuseUpgrade(socket, refusal);
      return;
    }
    const port = parseFilePath(pathOf(request));
    const open = () => {
      if (port !== undefined) {
        this.#visitFile(visitOf(request, port, asker.origin), socket as Socket, head);
        return;
      }
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        const { accept, clock, admission } = this.#settings;
        const isLimited = admission !== undefined;
        const tcp = socket as Socket;
        this.#leave.get(tcp)?.();
        openWebSocket(webSocket, tcp, asker.origin, {
          streams: this.#streams,
          accept,
          clock,
          isLimited,
        });
      });
    };
    this.#admit(asker, socket, open);
  }

  /**
   * Its connection still counts as one that speaks HTTP, as long as it is open; and for whoever is behind a proxy, beside
   * the other files of that person.
   */
  #visitFile(visit: WebVisit, socket: Socket, head: Buffer): void {
    const leave = this.#files.enter(visit.origin.address);
    if (leave === undefined) {
      refuseUpgrade(socket, tooMany);
      return;
    }
    const streams = this.#streams;
    streams.opened();
    socket.on('close', () => {
      leave();
      streams.closed();
    });
    this.#settings.visitFile(visit, socket, head);
  }

  /** Why a request does not become a WebSocket. */
  #refusal(request: IncomingMessage, asker: WebAsker): HttpAnswer | undefined {
    if (!isOwnHost(asker)) return wrongHost;
    const path = pathOf(request);
    if (path !== socketPath && parseFilePath(path) === undefined) return noSocketHere;
    return isOwnOrigin(asker, request.headers.origin) ? undefined : wrongOrigin;
  }

  /** The connection was admitted by its own address. If that is a proxy's, the person behind it is yet to be admitted. */
  #admit({ origin, isForwarded }: WebAsker, socket: Duplex, letIn: () => void): void {
    const { admission } = this.#settings;
    if (admission === undefined || !isForwarded) {
      letIn();
      return;
    }
    admission.arrive({
      address: origin.address,
      letIn,
      turnAway: () => refuseUpgrade(socket, tooMany),
    });
  }
}

/** The path of a request, without what is asked there. */
function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?')[0] ?? '';
}

const tooMany = textAnswer(503, 'too many connections');

const wrongHost = textAnswer(
  403,
  'this address is for this machine only; a proxy must be named with --web-proxies',
  { connection: 'close' },
);

const wrongOrigin = textAnswer(403, 'this is not the page of this server');

// HTTP on loopback: the page's files, and its WebSockets at `/socket` and `/file/PORT`, which lead to the server. Answers only to browsers
// that ask for this machine by its own names: under another name it would be the page of somebody else, whose name was
// made to lead here (DNS rebinding). All names but one are sent on to that one, because a browser keeps what a page
// stores by its address. Reads no lines.
import { createServer, type ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { once } from 'node:events';
import { WebSocketServer, type WebSocket } from 'ws';
import type { CloseReason } from '../../client/client-state.ts';
import { formatServerAddress } from '../../client/connection/server-address.ts';
import { answerPage, textAnswer, type HttpAnswer } from '../../server/web/answer.ts';
import type { WebPage } from '../../server/web/page.ts';
import {
  noSocketHere,
  refuseUpgrade,
  socketPath,
  webSocketsOnly,
} from '../../server/web/upgrade.ts';
import { maxServerLineBytes } from '../../wire/limits.ts';
import { fileSocketOptions } from '../../server/files/web/web-stream.ts';
import { parseFilePath } from '../../wire/file-socket.ts';
import { carryFile } from './carried-file.ts';
import { CarriedConnection } from './carried.ts';
import type { TrustedServer } from './trusted-server.ts';

const host = '127.0.0.1';

/** Connections of pages and tabs to the server at once, for lines and for files. */
const maxConnections = 64;

const limits = { maxHeaderSize: 8192, headersTimeout: 10_000, requestTimeout: 15_000 } as const;

export class PageHost {
  readonly port: number;
  readonly #page: WebPage;
  readonly #trusted: TrustedServer;
  readonly #refused: (reason: CloseReason) => void;
  readonly #http: Server;
  readonly #carried = new Set<CarriedConnection>();
  readonly #files = new Set<WebSocket>();
  readonly #fileSockets = new WebSocketServer(fileSocketOptions);
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxServerLineBytes,
  });

  private constructor(
    http: Server,
    port: number,
    page: WebPage,
    trusted: TrustedServer,
    refused: (reason: CloseReason) => void,
  ) {
    this.#http = http;
    this.port = port;
    this.#page = page;
    this.#trusted = trusted;
    this.#refused = refused;
    http.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { status, headers, body } = this.#answer(request);
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
    });
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
  }

  /** Listens at `port`, 0 for a free one. `refused` hears why the server was not used. Rejects with the system's error. */
  static async open(
    port: number,
    page: WebPage,
    trusted: TrustedServer,
    refused: (reason: CloseReason) => void,
  ): Promise<PageHost> {
    const http = createServer(limits);
    http.listen({ host, port, exclusive: true });
    await once(http, 'listening');
    const at = http.address();
    return new PageHost(
      http,
      typeof at === 'object' && at ? at.port : port,
      page,
      trusted,
      refused,
    );
  }

  get link(): string {
    return `http://${host}:${this.port}/`;
  }

  close(): void {
    this.#http.close();
    for (const carried of this.#carried) carried.end();
    for (const file of this.#files) file.terminate();
    this.#http.closeAllConnections();
  }

  /** The name by which a request asks for this machine. Undefined if it does not. */
  #nameIn({ headers }: IncomingMessage): string | undefined {
    const asked = headers.host?.toLowerCase();
    return [host, 'localhost', '[::1]'].find((name) => asked === `${name}:${this.port}`);
  }

  #answer(request: IncomingMessage): HttpAnswer {
    const name = this.#nameIn(request);
    if (name === undefined) return wrongHost;
    const { url = '' } = request;
    if (leadsToServer(url)) return webSocketsOnly;
    if (name !== host && url.startsWith('/')) {
      return textAnswer(307, 'the page is at another name of this machine', {
        location: `${this.link}${url.slice(1)}`,
      });
    }
    const answer = answerPage(this.#page, request);
    // So the page tells whom one trusts with it.
    const leadsTo = formatServerAddress(this.#trusted.address);
    return { ...answer, headers: { ...answer.headers, 'helo-web': leadsTo } };
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {});
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      refuseUpgrade(socket, refusal);
      return;
    }
    const port = parseFilePath(pathOf(request.url));
    if (port !== undefined) {
      this.#fileSockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.#files.add(webSocket);
        webSocket.on('close', () => this.#files.delete(webSocket));
        void this.#carryFile(webSocket, port);
      });
      return;
    }
    const carried = new CarriedConnection(this.#trusted, {
      accept: () => this.#accept(request, socket, head),
      refuse: (reason) => {
        refuseUpgrade(socket, textAnswer(502, 'the server cannot be reached'));
        this.#refused(reason);
      },
      over: () => this.#carried.delete(carried),
    });
    this.#carried.add(carried);
    socket.once('close', () => {
      // Once it is a WebSocket, that ends it in its own way.
      if (!this.#isWebSocket.has(socket)) carried.end();
    });
  }

  readonly #isWebSocket = new WeakSet<Duplex>();

  async #carryFile(webSocket: WebSocket, port: number): Promise<void> {
    const place = await this.#trusted.transferPlace(port);
    if (place.ok) {
      await carryFile(webSocket, place.value);
      return;
    }
    this.#refused(place.error);
    webSocket.terminate();
  }

  /** Why a request does not become a WebSocket. */
  #refusal(request: IncomingMessage): HttpAnswer | undefined {
    const name = this.#nameIn(request);
    if (name === undefined) return wrongHost;
    if (!leadsToServer(request.url)) return noSocketHere;
    const { origin } = request.headers;
    if (origin?.toLowerCase() !== `http://${name}:${this.port}`) return wrongOrigin;
    const open = this.#carried.size + this.#files.size;
    return open < maxConnections ? undefined : textAnswer(503, 'too many tabs');
  }

  #accept(request: IncomingMessage, socket: Duplex, head: Buffer): WebSocket | undefined {
    let accepted: WebSocket | undefined;
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#isWebSocket.add(socket);
      accepted = webSocket;
    });
    return accepted;
  }
}

function pathOf(url: string | undefined): string {
  return url?.split('?')[0] ?? '';
}

/** Whether a path is one of a WebSocket. */
function leadsToServer(url: string | undefined): boolean {
  const path = pathOf(url);
  return path === socketPath || parseFilePath(path) !== undefined;
}

const wrongHost = textAnswer(403, 'this address is for this machine only', { connection: 'close' });
const wrongOrigin = textAnswer(403, 'this is not the page of this program');

// Where WebSockets to transfer ports come in, in the thread for files: the handshake, and then the port that was asked
// for. Whether somebody may ask was decided before, by those who know the request. Owns `ws`, loaded with the first one.

import type { IncomingMessage } from 'node:http';
import type { MessagePort } from 'node:worker_threads';
import type { WebSocketServer } from 'ws';
import { refuseUpgrade } from '../../web/upgrade.ts';
import type { PortContext } from '../port-context.ts';
import { ThreadStream } from './thread-stream.ts';
import { fileSocketOptions, WebStream } from './web-stream.ts';
import { noSuchPort, type WebVisit } from './web-visit.ts';

export class WebDoor {
  readonly #shared: PortContext;
  #webSockets: Promise<WebSocketServer> | undefined;

  constructor(shared: PortContext) {
    this.#shared = shared;
  }

  /** Lets a request in whose bytes come over `channel`. */
  async enter(visit: WebVisit, channel: MessagePort): Promise<void> {
    const stream = new ThreadStream(channel);
    const { sockets, ports } = this.#shared;
    sockets.add(stream);
    this.#webSockets ??= import('ws').then((ws) => new ws.WebSocketServer(fileSocketOptions));
    const webSockets = await this.#webSockets;
    if (stream.destroyed) return;
    const { port, origin, method, headers } = visit;
    const accept = ports.acceptAt(port, origin.listenerHost);
    if (accept === undefined) {
      refuseUpgrade(stream, noSuchPort);
      return;
    }
    const request = { method, headers } as IncomingMessage;
    webSockets.handleUpgrade(request, stream, Buffer.alloc(0), (webSocket) =>
      accept(new WebStream(webSocket), { address: origin.address, secure: origin.secure }),
    );
  }
}

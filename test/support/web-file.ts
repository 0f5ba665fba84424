// A browser at a transfer port, as far as a server can tell: a WebSocket to it [19.1], as a stream of bytes.
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { lineClientOn, type LineClient } from './line-client.ts';
import type { Listener } from './program.ts';
import type { Scope } from './scope.ts';
import { withinLimit } from './time-limit.ts';
import { webSocketTo, type WebClientOptions } from './web-client.ts';

/** Of a message at most. */
const pieceBytes = 64 * 1024;

/** The stream on `webSocket`. Says what it reads, and ends with an empty message. */
export function webFileStream(webSocket: WebSocket): Duplex {
  let read = 0;
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => webSocket.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      for (let at = pieceBytes; at < chunk.length; at += pieceBytes) {
        webSocket.send(chunk.subarray(at - pieceBytes, at));
      }
      webSocket.send(
        chunk.subarray(Math.floor((chunk.length - 1) / pieceBytes) * pieceBytes),
        done,
      );
    },
    final: (done) => webSocket.send(Buffer.alloc(0), () => done()),
    destroy: (error, done) => {
      webSocket.terminate();
      done(error);
    },
  });
  webSocket.on('message', (message: Buffer, isBinary) => {
    if (!isBinary) return;
    if (message.length === 0) {
      stream.push(null);
      return;
    }
    read += message.length;
    webSocket.send(`read ${read}`);
    if (!stream.push(message)) webSocket.pause();
  });
  webSocket.on('close', () => stream.destroy());
  return stream;
}

/** Somebody at the transfer port `number` of the server behind `at`. Ends with the test. */
export async function visitByWeb(
  t: Scope,
  at: Listener,
  number: number,
  options: WebClientOptions & { readonly secure?: boolean } = {},
): Promise<LineClient> {
  const webSocket = webSocketTo(t, at, { path: `/file/${number}`, ...options });
  const client = lineClientOn(t, webFileStream(webSocket));
  await withinLimit(once(webSocket, 'open'), 'a WebSocket');
  return client;
}

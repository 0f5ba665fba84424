// Requests that ask for a WebSocket: at which path, and how one is refused. For every side that serves the page, the
// server's own and that of `helo web`.

import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { textAnswer, type HttpAnswer } from './answer.ts';

/** The path of the WebSocket for lines. */
export const socketPath = '/socket';

/** For a request to that path that asks for no WebSocket. */
export const webSocketsOnly = textAnswer(426, 'for WebSockets only', { upgrade: 'websocket' });

/** For a request for a WebSocket at another path. */
export const noSocketHere = textAnswer(404, `WebSockets are at ${socketPath} and /file/PORT`);

/** How long the other side may take to close, in milliseconds. */
const lingerMs = 2000;

/** Answers a request for another protocol, and closes. The socket has an error handler. */
export function refuseUpgrade(socket: Duplex, { status, headers, body }: HttpAnswer): void {
  const lines = Object.entries({ ...headers, connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${String(body)}`);
  const linger = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(linger));
  socket.resume();
}

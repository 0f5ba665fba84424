// A request for a WebSocket to a transfer port [19.1], on its way from the thread of the chat to that for files.

import type { IncomingMessage } from 'node:http';
import type { Origin } from '../../transport/transport.ts';
import { textAnswer } from '../../web/answer.ts';

/** A request for a WebSocket to a transfer port. Plain values: it goes from one thread to another. */
export interface WebVisit {
  /** The number of the port. */
  readonly port: number;
  /** Who asks, as far as proxies are trusted. */
  readonly origin: Origin;
  readonly method: string | undefined;
  /** Those of the handshake. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** There is no such port, or it is not reachable where the request came. */
export const noSuchPort = textAnswer(404, 'there is no such transfer');

/** What the handshake looks at. */
const handshake = ['upgrade', 'connection', 'sec-websocket-key', 'sec-websocket-version'] as const;

/** The request for the port `port`. */
export function visitOf(
  { method, headers }: IncomingMessage,
  port: number,
  origin: Origin,
): WebVisit {
  const said = handshake.map((name) => [name, headers[name]?.toString()]);
  return { port, origin, method, headers: Object.fromEntries(said) };
}

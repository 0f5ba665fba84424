// A browser, as far as a server can tell: a WebSocket with an origin, and lines over it.
import { once } from 'node:events';
import { createWebSocketStream, WebSocket, type ClientOptions } from 'ws';
import { lineClientOn, type LineClient } from './line-client.ts';
import type { Listener } from './program.ts';
import type { Scope } from './scope.ts';
import { withinLimit } from './time-limit.ts';

export interface WebClientOptions extends ClientOptions {
  /** `/socket` unless told otherwise. */
  readonly path?: string;
}

/** A WebSocket to a listener of this machine, over TLS if `secure`. It may open, or be refused. Ends with the test. */
export function webSocketTo(
  t: Scope,
  { port }: Listener,
  { secure = false, path = '/socket', ...options }: WebClientOptions & { secure?: boolean } = {},
): WebSocket {
  const place = `127.0.0.1:${port}`;
  const webSocket = new WebSocket(`${secure ? 'wss' : 'ws'}://${place}${path}`, {
    origin: `${secure ? 'https' : 'http'}://${place}`,
    rejectUnauthorized: false,
    // As a browser says it.
    ...(secure && { ALPNProtocols: ['http/1.1'] }),
    ...options,
  });
  t.after(() => webSocket.terminate());
  // 'close' follows every error.
  webSocket.on('error', () => {});
  return webSocket;
}

/** A person at a listener that speaks HTTP. */
export async function connectByWeb(
  t: Scope,
  at: Listener,
  options?: Parameters<typeof webSocketTo>[2],
): Promise<LineClient> {
  const webSocket = webSocketTo(t, at, options);
  const client = lineClientOn(t, createWebSocketStream(webSocket, { allowHalfOpen: false }));
  await withinLimit(once(webSocket, 'open'), 'a WebSocket');
  return client;
}

// HTTP over TCP: the page and its WebSockets, on a listener of their own. What else HTTP is, the web side knows.

import {
  listen,
  type AcceptOptions,
  type BindAddress,
  type Listener,
  ListenerStreams,
} from './listener.ts';

/** Listens for HTTP. Rejects with the system's error. */
export async function listenHttp(at: BindAddress, options: AcceptOptions): Promise<Listener> {
  const streams = new ListenerStreams(false);
  const http = options.http?.(streams);
  const listener = await listen(at, streams, options, {
    letIn: (socket) => (http === undefined ? socket.destroy() : http.serve(socket)),
    turnAway: (socket) => socket.destroy(),
  });
  return {
    address: listener.address,
    close() {
      http?.close();
      return listener.close();
    },
  };
}

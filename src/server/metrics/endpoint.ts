// The listener for monitoring: /metrics for a collector, /healthz for a supervisor. It answers everybody who can
// connect, so it listens on this machine only unless configured otherwise.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListenAddress } from '../transport/listener.ts';

export interface EndpointSources {
  /** The metrics, and their content type. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
  /** What is wrong with the server. Undefined while it admits people and can store their messages. */
  readonly trouble: () => string | undefined;
}

export interface Endpoint {
  readonly address: ListenAddress;
  close(): void;
}

/** Longer than any collector needs for its request, in milliseconds. */
const requestTimeoutMs = 10_000;

/** Enough for monitoring. Nobody else needs it. */
const maxConnections = 64;

/** Listens at `at`. Rejects with the system's error. */
export function openEndpoint(at: ListenAddress, sources: EndpointSources): Promise<Endpoint> {
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
    (request, response) => void answer(request, response, sources),
  );
  server.maxConnections = maxConnections;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, () => {
      server.off('error', reject);
      // Out of descriptors: this request is lost, the server continues.
      server.on('error', () => {});
      const { address, port } = server.address() as AddressInfo;
      resolve({
        address: { host: address, port },
        close() {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  { text, contentType, trouble }: EndpointSources,
): Promise<void> {
  const say = (status: number, body: string, type = 'text/plain; charset=utf-8') =>
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    say(405, 'only GET and HEAD\n');
    return;
  }
  switch (url?.split('?')[0]) {
    case '/metrics':
      say(200, await text(), contentType);
      return;
    case '/healthz': {
      const reason = trouble();
      if (reason === undefined) say(200, 'ok\n');
      else say(503, `${reason}\n`);
      return;
    }
    default:
      say(404, 'there are /metrics and /healthz\n');
  }
}

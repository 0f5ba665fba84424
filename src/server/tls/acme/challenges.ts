// How a server proves to an ACME authority [RFC 8555] that a name leads to it: by a certificate on its TLS port
// (TLS-ALPN-01, RFC 8737) or by a text on a port for HTTP (HTTP-01). Owns the HTTP side; the TLS listener shows the
// certificate. A challenge is there for the seconds that the authority looks.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TlsCredentials } from '../../transport/tls.ts';

/** A listener that can show a certificate to whoever asks for it with the protocol `acme-tls/1`. */
export interface ChallengeListener {
  /** Undefined ends it. */
  showChallenge(credentials: TlsCredentials | undefined): void;
}

/** Answers for one token at a time over HTTP, and nothing else. */
export class HttpChallenges {
  readonly #server: Server;
  #shown: { readonly path: string; readonly text: string } | undefined;

  constructor() {
    // The limits of slow and large requests are Node's: a minute, 16 KiB of headers.
    this.#server = createServer((request, response) => {
      const { path, text } = this.#shown ?? {};
      response.shouldKeepAlive = false;
      if (request.method === 'GET' && request.url === path) {
        response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(text);
      } else {
        response.writeHead(404).end();
      }
    });
    this.#server.maxConnections = 64;
  }

  /** Rejects with the system's error. */
  listen(host: string | undefined, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /** Where it listens. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  show(token: string, text: string): void {
    this.#shown = { path: `/.well-known/acme-challenge/${token}`, text };
  }

  hide(): void {
    this.#shown = undefined;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

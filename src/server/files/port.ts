// The port of one transfer: chosen, listened on, closed. Owns its address and number, by which WebSockets find it too
// [19.1]; knows nothing of who may use it.

import { createServer, type AddressInfo, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemCode } from '../../lib/system-error.ts';
import type { RelayOrigin } from './admission.ts';

/** Receives a connection to a port. `web` is where it comes from, if it is a WebSocket. */
export type AcceptVisitor = (stream: Duplex, web?: RelayOrigin) => void;

/** The numbers that transfers may use, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export interface TransferPort {
  readonly number: number;
  /** Accepts no new connections from now on, and frees the number. Open connections stay. */
  close(): void;
}

interface OpenPort {
  readonly hosts: readonly string[];
  readonly accept: AcceptVisitor;
}

/** Uses the ports of a range in turn, so that a late connection for one transfer does not reach the next. */
export class Ports {
  readonly #range: PortRange | undefined;
  readonly #inUse = new Set<number>();
  readonly #open = new Map<number, OpenPort>();
  #next: number;

  /** @param range undefined for any free port that the system chooses */
  constructor(range: PortRange | undefined) {
    this.#range = range;
    this.#next = range?.from ?? 0;
  }

  /** What a WebSocket that came in at `listenerHost` does at the port `number`. Undefined if it leads to none. */
  acceptAt(number: number, listenerHost: string): AcceptVisitor | undefined {
    const port = this.#open.get(number);
    const isReachable = port?.hosts.some(
      (host) => host === listenerHost || covers(host, listenerHost),
    );
    return isReachable === true ? port?.accept : undefined;
  }

  /** Listens on one number at all of `hosts`. Undefined if no number is left, or the system refuses. */
  async open(hosts: readonly string[], accept: AcceptVisitor): Promise<TransferPort | undefined> {
    for (let left = this.#attempts(); left > 0; left--) {
      const wanted = this.#take();
      if (wanted === undefined) return undefined;
      const port = await this.#listen(hosts, wanted, accept);
      if (port !== 'taken') return port;
    }
    return undefined;
  }

  #attempts(): number {
    // If any free port will do, only a second host can find its number in use.
    return this.#range === undefined ? 8 : this.#range.to - this.#range.from + 1;
  }

  /** The next free number of the range; 0 if there is no range. */
  #take(): number | undefined {
    if (this.#range === undefined) return 0;
    const { from, to } = this.#range;
    for (let left = to - from + 1; left > 0; left--) {
      const number = this.#next;
      this.#next = number === to ? from : number + 1;
      if (!this.#inUse.has(number)) return number;
    }
    return undefined;
  }

  async #listen(
    hosts: readonly string[],
    wanted: number,
    accept: AcceptVisitor,
  ): Promise<TransferPort | 'taken' | undefined> {
    const servers: Server[] = [];
    const port: OpenPort = { hosts, accept };
    let number = wanted;
    this.#inUse.add(wanted);
    const close = () => {
      for (const server of servers) server.close();
      this.#inUse.delete(wanted);
      if (this.#open.get(number) === port) this.#open.delete(number);
    };
    try {
      for (const host of hosts) {
        const server = await listen(host, number, accept);
        servers.push(server);
        number = (server.address() as AddressInfo).port;
      }
      // Another transfer may have the same number, at another address.
      if (this.#open.has(number)) {
        close();
        return 'taken';
      }
      this.#open.set(number, port);
      return { number, close };
    } catch (error) {
      close();
      const code = systemCode(error);
      return code === 'EADDRINUSE' || code === 'EACCES' ? 'taken' : undefined;
    }
  }
}

function listen(host: string, port: number, accept: AcceptVisitor): Promise<Server> {
  return new Promise((resolve, reject) => {
    // A side that has sent its file must still get the status.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => accept(socket));
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      // Out of descriptors: this connection is lost, the transfer continues.
      server.on('error', () => {});
      resolve(server);
    });
  });
}

/**
 * The addresses that a port must be bound to so that two people can reach it: those of the listeners of their logins,
 * because they reached the server there. So a chat on loopback has its ports on loopback, and a port is as reachable as
 * the chat, no more.
 */
export function hostsFor(first: string, second: string): readonly string[] {
  for (const everywhere of ['::', '0.0.0.0']) {
    if (covers(everywhere, first) && covers(everywhere, second)) {
      if (first === everywhere || second === everywhere) return [everywhere];
    }
  }
  return first === second ? [first] : [first, second];
}

function covers(everywhere: string, host: string): boolean {
  // Node listens on `::` for both families.
  return everywhere === '::' || !host.includes(':');
}

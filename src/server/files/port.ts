// The port of one transfer: chosen, listened on, closed. Owns its address and number; knows nothing of who may use
// it.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { systemCode } from '../../lib/system-error.ts';

/** The numbers that transfers may use, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export interface TransferPort {
  readonly number: number;
  /** Takes no new connections from here on, and gives the number back. Open ones stay. */
  close(): void;
}

/** Gives out the ports of a range in turn, so that who comes late for one transfer does not meet the next. */
export class Ports {
  readonly #range: PortRange | undefined;
  readonly #inUse = new Set<number>();
  #next: number;

  /** @param range undefined for any free port of the system's choice */
  constructor(range: PortRange | undefined) {
    this.#range = range;
    this.#next = range?.from ?? 0;
  }

  /**
   * Listens on one number at all of `hosts`. Undefined where there is no number left, or the system refuses.
   */
  async open(
    hosts: readonly string[],
    onConnection: (socket: Socket) => void,
  ): Promise<TransferPort | undefined> {
    for (let left = this.#attempts(); left > 0; left--) {
      const wanted = this.#take();
      if (wanted === undefined) return undefined;
      const port = await this.#listen(hosts, wanted, onConnection);
      if (port !== 'taken') return port;
    }
    return undefined;
  }

  #attempts(): number {
    // With any free port only a second host can find its number taken.
    return this.#range === undefined ? 8 : this.#range.to - this.#range.from + 1;
  }

  /** The next number of the range that no transfer has; 0 where there is no range. */
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
    onConnection: (socket: Socket) => void,
  ): Promise<TransferPort | 'taken' | undefined> {
    const servers: Server[] = [];
    let number = wanted;
    this.#inUse.add(wanted);
    const close = () => {
      for (const server of servers) server.close();
      this.#inUse.delete(wanted);
    };
    try {
      for (const host of hosts) {
        const server = await listen(host, number, onConnection);
        servers.push(server);
        number = (server.address() as AddressInfo).port;
      }
      return { number, close };
    } catch (error) {
      close();
      const code = systemCode(error);
      return code === 'EADDRINUSE' || code === 'EACCES' ? 'taken' : undefined;
    }
  }
}

function listen(
  host: string,
  port: number,
  onConnection: (socket: Socket) => void,
): Promise<Server> {
  return new Promise((resolve, reject) => {
    // A side that has sent its file still hears how it ended.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, onConnection);
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      // Out of descriptors: this connection is lost, the transfer goes on.
      server.on('error', () => {});
      resolve(server);
    });
  });
}

/**
 * The addresses that a port must be bound to for two people to reach it: those of the listeners that they came
 * to the chat by, since by these they have reached the server. So a chat on loopback has its ports on loopback,
 * and a port is open to no more of the world than the chat is.
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

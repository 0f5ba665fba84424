// What all listeners have in common, whatever protocol their streams speak: a TCP port, connections admitted one by
// one, and the count of open streams. Knows no lines, no users, and no protocol.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Event } from '../../wire/events.ts';
import type { Admission } from '../limits/admission.ts';
import { isLoopbackAddress, normalAddress } from './address.ts';
import { awaitProxyHeader } from './proxied.ts';
import type { Accept, Origin } from './transport.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** Connections that wait to be accepted: a storm of reconnects overflows the default of 511. */
const listenBacklog = 4096;

const socketOptions = {
  // Small lines are sent at once: Nagle's algorithm would wait for the other side's delayed acknowledgement.
  noDelay: true,
  // A side that has finished sending still gets its replies: `printf 'HELO bob
  // GET_USERS *all
  // ' | nc -N`.
  allowHalfOpen: true,
  // Nothing is read before a connection is admitted.
  pauseOnConnect: true,
} as const;

/** Where a listener listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** No host means all addresses. */
export interface BindAddress {
  readonly host: string | undefined;
  readonly port: number;
}

export interface Listener {
  readonly address: ListenAddress;
  /** Accepts no new connections from now on. Open ones stay. Resolves when the last of them is closed. */
  close(): Promise<void>;
}

/** What a listener does with its connections. */
export interface AcceptOptions {
  /** Admits connections. Undefined: all at once. */
  readonly admission: Admission | undefined;
  /** Proxies whose connections begin with a header that says whose they are. Undefined: none. */
  readonly proxies?: TrustedProxies | undefined;
  /** Receives the streams. */
  readonly accept: Accept;
  /** Called when a connection was lost before it was accepted. */
  readonly failed: (error: Error) => void;
  /** Serves the connections of a listener that speak HTTP. Undefined if none may. */
  readonly http?: ((streams: ListenerStreams) => HttpConnections) | undefined;
}

/** HTTP on connections that a listener has accepted. */
export interface HttpConnections {
  /** The socket is paused and has an error handler. */
  serve(socket: Socket): void;
  /** Closes every connection that speaks HTTP. */
  close(): void;
}

/** The state that all streams of one listener share. */
export class ListenerStreams {
  readonly secure: boolean;
  /** The address that it is bound to, once it is bound. */
  host = '';
  /** Whether nobody but this machine reaches that address. */
  isLocal = false;
  /**
   * What proxies say of connections, by the proxy's end of each: a connection over TLS is another object than the one
   * below it, and has the same ends.
   */
  readonly #spokenFor = new Map<string, string | undefined>();
  /** Open streams, without those in their handshake. */
  #open = 0;
  #emptied: (() => void) | undefined;

  constructor(secure: boolean) {
    this.secure = secure;
  }

  /** The proxy of a connection says whose it is; undefined: it speaks for itself, or does not know. */
  speakFor(socket: Socket, address: string | undefined): void {
    const end = endOf(socket);
    this.#spokenFor.set(end, address);
    socket.once('close', () => this.#spokenFor.delete(end));
  }

  isSpokenFor(socket: Socket): boolean {
    return this.#spokenFor.size > 0 && this.#spokenFor.has(endOf(socket));
  }

  /** Where one of its connections comes from. `socket` is that of the system, or the one of TLS over it. */
  originOf(socket: Socket): Origin {
    const isSpokenFor = this.isSpokenFor(socket);
    const said = isSpokenFor ? this.#spokenFor.get(endOf(socket)) : undefined;
    return {
      address: said ?? normalAddress(socket.remoteAddress),
      listenerHost: this.host,
      // Whoever comes by a proxy is elsewhere.
      isLocal: this.isLocal && !isSpokenFor,
      secure: this.secure,
    };
  }

  /** One of its streams has opened. */
  opened(): void {
    this.#open++;
  }

  /** One of its streams has closed. */
  closed(): void {
    this.#open--;
    if (this.#open === 0) this.#emptied?.();
  }

  /** Resolves when none is open. */
  empty(): Promise<void> {
    return this.#open === 0
      ? Promise.resolve()
      : new Promise((resolve) => (this.#emptied = resolve));
  }
}

/** What a protocol does with a connection, which is paused and has an error handler. */
export interface ConnectionHandling {
  readonly letIn: (socket: Socket) => void;
  /** `last` is the reason, if it can be sent. */
  readonly turnAway: (socket: Socket, last: Event) => void;
}

/** Listens on TCP, and passes on admitted connections. Rejects with the system's error. */
export function listen(
  at: BindAddress,
  streams: ListenerStreams,
  { admission, failed, proxies }: AcceptOptions,
  handling: ConnectionHandling,
): Promise<Listener> {
  const server = createServer(socketOptions);
  const arrived = (socket: Socket): void => {
    admit(socket, streams.originOf(socket).address, admission, handling);
  };
  const unnamed = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.on('error', ignore);
    if (proxies?.(normalAddress(socket.remoteAddress)) !== true) {
      arrived(socket);
      return;
    }
    unnamed.add(socket);
    socket.once('close', () => unnamed.delete(socket));
    awaitProxyHeader(socket, (address) => {
      unnamed.delete(socket);
      streams.speakFor(socket, address);
      arrived(socket);
    });
  });
  const closing = (): void => {
    for (const socket of unnamed) socket.destroy();
  };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...at, backlog: listenBacklog }, () => {
      server.off('error', reject);
      // Out of descriptors: this connection is lost, the server continues.
      server.on('error', failed);
      resolve(listenerOf(server, streams, closing));
    });
  });
}

function admit(
  socket: Socket,
  address: string,
  admission: Admission | undefined,
  { letIn, turnAway }: ConnectionHandling,
): void {
  if (admission === undefined) {
    letIn(socket);
    return;
  }
  admission.arrive({
    address,
    letIn: () => letIn(socket),
    turnAway: (last) => turnAway(socket, last),
  });
}

function listenerOf(server: Server, streams: ListenerStreams, closing: () => void): Listener {
  const { address, port } = server.address() as AddressInfo;
  streams.host = address;
  streams.isLocal = isLoopbackAddress(address);
  return {
    address: { host: address, port },
    close() {
      server.close();
      closing();
      return streams.empty();
    },
  };
}

/** The other side's end of a connection: one at a time has it. */
function endOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** For errors of sockets: 'close' follows every one of them and is what the server acts on. */
export function ignore(): void {}

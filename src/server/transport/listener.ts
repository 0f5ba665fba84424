// What every listener is, whatever carries the bytes behind it: a TCP port, connections let in one by one, and the count
// of the streams that are open. Knows no lines and no users, and nothing of what is spoken on a stream.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Event } from '../../wire/events.ts';
import type { Admission } from '../limits/admission.ts';
import { normalAddress } from './address.ts';
import type { Accept } from './transport.ts';

/** Connections that wait to be accepted: a reconnect storm overflows the default of 511. */
const listenBacklog = 4096;

const socketOptions = {
  // Small lines leave at once: Nagle's algorithm would hold them for the other side's delayed acknowledgement.
  noDelay: true,
  // A side that has finished sending still gets its replies: `printf 'HELO bob\nGET_USERS *all\n' | nc -N`.
  allowHalfOpen: true,
  // Nothing is read before a connection has been let in.
  pauseOnConnect: true,
} as const;

/** Where a listener listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** No host for all addresses. */
export interface BindAddress {
  readonly host: string | undefined;
  readonly port: number;
}

export interface Listener {
  readonly address: ListenAddress;
  /** Takes no new connections from here on. Open ones stay; resolves when the last of them is closed. */
  close(): Promise<void>;
}

/** What becomes of the connections of a listener. */
export interface AcceptOptions {
  /** Who is let in when; everybody at once where undefined. */
  readonly admission: Admission | undefined;
  /** Takes the streams. */
  readonly accept: Accept;
  /** Hears why a connection was lost before it was taken. */
  readonly failed: (error: Error) => void;
}

/** What all streams of one listener have in common. */
export class ListenerStreams {
  readonly secure: boolean;
  /** The address that it is bound to, once it is. */
  host = '';
  /** Streams that are open; one in the middle of its handshake is none yet. */
  #open = 0;
  #emptied: (() => void) | undefined;

  constructor(secure: boolean) {
    this.secure = secure;
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

/** What a transport does with a connection. It is paused, and its errors are heard. */
export interface ConnectionHandling {
  readonly letIn: (socket: Socket) => void;
  /** `last` says why, where there is a way to say it. */
  readonly turnAway: (socket: Socket, last: Event) => void;
}

/** Listens on TCP, and hands on who is let in. Rejects with the system's error. */
export function listen(
  at: BindAddress,
  streams: ListenerStreams,
  { admission, failed }: AcceptOptions,
  handling: ConnectionHandling,
): Promise<Listener> {
  const server = createServer(socketOptions);
  server.on('connection', (socket: Socket) => admit(socket, admission, handling));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...at, backlog: listenBacklog }, () => {
      server.off('error', reject);
      // Out of descriptors: this connection is lost, the server goes on.
      server.on('error', failed);
      resolve(listenerOf(server, streams));
    });
  });
}

function admit(
  socket: Socket,
  admission: Admission | undefined,
  { letIn, turnAway }: ConnectionHandling,
): void {
  socket.on('error', ignore);
  if (admission === undefined) {
    letIn(socket);
    return;
  }
  admission.arrive({
    address: normalAddress(socket.remoteAddress),
    letIn: () => letIn(socket),
    turnAway: (last) => turnAway(socket, last),
  });
}

function listenerOf(server: Server, streams: ListenerStreams): Listener {
  const { address, port } = server.address() as AddressInfo;
  streams.host = address;
  return {
    address: { host: address, port },
    close() {
      server.close();
      return streams.empty();
    },
  };
}

/** For errors of sockets: 'close' follows every one of them and is what the server acts on. */
export function ignore(): void {}

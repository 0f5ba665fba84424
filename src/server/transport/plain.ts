// Plain text over TCP. Owns how such sockets are read, and how a connection is turned away.

import type { Socket } from 'node:net';
import { formatEvent, type Event } from '../../wire/events.ts';
import {
  ignore,
  listen,
  ListenerStreams,
  type BindAddress,
  type Listener,
  type AcceptOptions,
} from './listener.ts';
import { readerInto, readInto } from './read-into.ts';
import { openStream, receiveChunk } from './socket-transport.ts';

/** Listens for plain text. Rejects with the system's error. */
export function listenPlain(at: BindAddress, options: AcceptOptions): Promise<Listener> {
  const streams = new ListenerStreams(false);
  return listen(at, streams, options, {
    letIn: (socket) => {
      // Of one with a header something is read already.
      const stream = streams.isSpokenFor(socket) ? socket : cheaper(socket);
      openStream(stream, streams, options.accept);
    },
    turnAway: dismiss,
  });
}

/** Sends the reason and closes at once: a flood must not fill the server with closing connections. */
function dismiss(socket: Socket, last: Event): void {
  socket.write(formatEvent(last), 'latin1');
  socket.destroySoon();
}

/** All plain sockets are read into one buffer: a chunk is parsed or copied before the next one is read. */
const sharedReader = readerInto(Buffer.allocUnsafeSlow(64 * 1024), receiveChunk);

/** The same connection on a socket that costs less to read, if possible. */
function cheaper(socket: Socket): Socket {
  const moved = readInto(socket, sharedReader);
  moved?.on('error', ignore);
  return moved ?? socket;
}

// Reads what a sender sends, as cheaply as Node can. Owns how bytes are read. Knows nothing of files.
//
// The number of reads and writes is the cost of a relay, so large buffers are better. A socket that cannot be read into
// a given buffer is read the usual way.

import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { readerInto, readInto } from '../transport/read-into.ts';

/**
 * Receives bytes, which it may use until the operating system has what was written of them. Returns whether to
 * continue; if not, nothing is read until `resume`.
 */
export type Take = (bytes: Uint8Array) => boolean;

export interface RelaySource {
  /** The socket to use from now on, instead of the given one. */
  readonly socket: Duplex;
  /** Continues to read. */
  resume(): void;
}

/**
 * Reads a paused socket with `buffer`. Bytes that were read ahead go to `take` at once, the others from `resume` on.
 */
export function openSource(socket: Duplex, buffer: Uint8Array, take: Take): RelaySource {
  for (;;) {
    const ahead = socket.read() as Buffer | null;
    if (ahead === null) break;
    take(ahead);
  }
  const moved = socket instanceof Socket ? readInto(socket, readerInto(buffer, take)) : undefined;
  if (moved !== undefined) return { socket: moved, resume: () => void moved.resume() };
  socket.on('data', (chunk: Buffer) => {
    if (!take(chunk)) socket.pause();
  });
  socket.pause();
  return { socket, resume: () => void socket.resume() };
}

// Reads what a sender sends, as cheaply as Node can. Owns how bytes are read; knows nothing of files.
//
// The number of reads and writes is the cost of a relay, so large buffers are better. A socket that can't be read
// into a buffer of ours is read as any other.

import type { Socket } from 'node:net';
import { readerInto, readInto } from '../transport/read-into.ts';

/**
 * Takes bytes, which are its own only until what was written of them has gone to the operating system. Answers
 * whether to read on; otherwise nothing is read until `resume`.
 */
export type Take = (bytes: Uint8Array) => boolean;

export interface RelaySource {
  /** The socket from here on, in place of the one that was given. */
  readonly socket: Socket;
  /** Reads on. */
  resume(): void;
}

/** Reads a paused socket with `buffer`. What was read ahead is given to `take` at once, the rest from `resume` on. */
export function openSource(socket: Socket, buffer: Uint8Array, take: Take): RelaySource {
  for (;;) {
    const ahead = socket.read() as Buffer | null;
    if (ahead === null) break;
    take(ahead);
  }
  const moved = readInto(socket, readerInto(buffer, take));
  if (moved !== undefined) return { socket: moved, resume: () => void moved.resume() };
  socket.on('data', (chunk: Buffer) => {
    if (!take(chunk)) socket.pause();
  });
  socket.pause();
  return { socket, resume: () => void socket.resume() };
}

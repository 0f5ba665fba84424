// What a sender sends, read as cheaply as Node can. Owns how bytes are read; knows nothing of files.
//
// Node reads into a new buffer of 64 KiB each time; a socket that is made with `onread` reads into one buffer again
// and again, which may be larger. The number of reads and writes is what a relay costs, so that more than doubles
// its bytes per CPU second. Only sockets that connect can be made so; for one that was accepted, its inner handle
// is moved to a new socket. The handle is not a public interface: where it is not as expected the socket is read
// as any other.

import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Takes bytes, which are its own only until what was written of them has gone to the operating system. Answers
 * whether to read on; otherwise nothing is read until `resume`.
 */
export type Take = (bytes: Uint8Array) => boolean;

export interface Source {
  /** The socket from here on, in place of the one that was given. */
  readonly socket: Socket;
  /** Reads on. */
  resume(): void;
}

/** Reads a paused socket with `buffer`. What was read ahead is given to `take` at once, the rest from `resume` on. */
export function openSource(socket: Socket, buffer: Uint8Array, take: Take): Source {
  for (;;) {
    const ahead = socket.read() as Buffer | null;
    if (ahead === null) break;
    take(ahead);
  }
  const moved = moveHandle(socket, buffer, take);
  if (moved !== undefined) return { socket: moved, resume: () => void moved.resume() };
  socket.on('data', (chunk: Buffer) => {
    if (!take(chunk)) socket.pause();
  });
  socket.pause();
  return { socket, resume: () => void socket.resume() };
}

interface WithHandle {
  _handle?: object | null;
}

/** A new socket with the connection of `socket`, which is left without; undefined where that can't be done. */
function moveHandle(socket: Socket, buffer: Uint8Array, take: Take): Socket | undefined {
  const handle = (socket as WithHandle)._handle;
  // TLS decrypts into buffers of its own.
  if (socket instanceof TLSSocket || !handle || !('useUserBuffer' in handle)) return undefined;
  const options = {
    handle,
    allowHalfOpen: true,
    onread: { buffer, callback: (length: number) => take(buffer.subarray(0, length)) },
  };
  const moved = new Socket(options);
  moved.pause();
  if ((moved as WithHandle)._handle !== handle) return undefined;
  (socket as WithHandle)._handle = null;
  socket.destroy();
  return moved;
}

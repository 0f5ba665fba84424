// Ends a connection to a transfer port: sends the last lines and closes without losing them.

import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';

/** How long the other side may take to read what is left and to close, in milliseconds. */
const lingerMs = 2000;

/**
 * Sends `lastWords` behind all that was written before, and closes. What still comes in meanwhile is thrown away, once
 * it `mayRead`: closing over unread bytes would reset the connection, and the last words could be lost with it.
 */
export function sayFarewell(
  socket: Socket,
  clock: Clock,
  lastWords = '',
  mayRead: Promise<void> = Promise.resolve(),
): void {
  socket.removeAllListeners('data');
  socket.removeAllListeners('drain');
  if (socket.destroyed) return;
  if (socket.writable) socket.end(lastWords, 'latin1');
  const cancel = clock.after(lingerMs, () => socket.destroy());
  socket.once('close', cancel);
  void mayRead.then(() => socket.resume());
}

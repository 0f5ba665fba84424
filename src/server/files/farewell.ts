// Ends a connection to a transfer port: sends the last lines and closes without losing them.

import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';

/** How long the other side may take to read the rest and to close, in milliseconds. */
const lingerMs = 2000;

/**
 * Sends `lastWords` after everything that was written before, and closes. Bytes that still arrive are discarded, once
 * it `mayRead`: closing with unread bytes would reset the connection, and the last words could be lost.
 */
export function sayFarewell(
  socket: Duplex,
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

// Connections that come by a trusted proxy which says in a header whose they are (proxy-header.ts). Such a connection waits
// for its header before anything else happens to it: so it is admitted, limited, banned and logged by the address of
// the person. A proxy's word about others is believed from its own address alone, and from there the header must be:
// otherwise whoever the proxy passes on unchanged could write one.

import type { Socket } from 'node:net';
import { maxProxyHeaderBytes, readProxyHeader } from './proxy-header.ts';

/** How long a header may take, in milliseconds: a proxy sends it at once. */
export const proxyHeaderTimeoutMs = 5000;

/**
 * Reads the header of a connection, which is paused and has an error handler, and leaves it paused with what follows the
 * header unread. `found` gets the address that it is from, or undefined if it is from the proxy itself. A connection
 * without a whole header in time is closed.
 */
export function awaitProxyHeader(
  socket: Socket,
  found: (address: string | undefined) => void,
): void {
  let bytes: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), proxyHeaderTimeoutMs);
  const stop = (): void => {
    clearTimeout(timer);
    socket.off('data', onData).off('end', refuse).off('close', stop);
  };
  const refuse = (): void => {
    stop();
    socket.destroy();
  };
  const onData = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    const header = readProxyHeader(bytes);
    if (header.is === 'unfinished') {
      // It cannot be: a longer one is malformed.
      if (bytes.length > maxProxyHeaderBytes) refuse();
      return;
    }
    if (header.is === 'malformed') {
      refuse();
      return;
    }
    stop();
    socket.pause();
    const rest = bytes.subarray(header.bytes);
    if (rest.length > 0) socket.unshift(rest);
    found(header.address);
  };
  socket.on('data', onData).on('end', refuse).on('close', stop);
  socket.resume();
}

// Reads a socket into an existing buffer. Node reads each chunk into 64 KiB of fresh memory and frees what was not
// needed. A socket made with `onread` reads into the same buffer again and again. That saves a server of many small
// messages much of its time, and more than doubles the throughput of a relay.
//
// Only sockets that connect can be made so. For an accepted one, the inner handle is moved to a new socket. The handle
// is not a public interface: if it is not as expected, the result is undefined.

import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

interface WithHandle {
  _handle?: object | null;
}

/**
 * How sockets are read into one buffer. One for all of them: a function for each would cost every idle socket 100
 * bytes.
 */
export interface Reader {
  readonly buffer: Uint8Array;
  readonly callback: (this: Socket, length: number) => boolean;
}

/**
 * A reader into `buffer`.
 *
 * @param take gets every chunk, which is valid only until it returns; returns whether to read on without a `resume`
 */
export function readerInto(
  buffer: Uint8Array,
  take: (bytes: Uint8Array, socket: Socket) => boolean,
): Reader {
  return {
    buffer,
    // Node calls it on the socket that was read.
    callback(length) {
      return take(buffer.subarray(0, length), this);
    },
  };
}

/**
 * A paused socket in place of `accepted` that is read by `onread`. `accepted` must be paused with nothing read ahead,
 * and is destroyed. Undefined if this is impossible: then `accepted` is unchanged.
 */
export function readInto(accepted: Socket, onread: Reader): Socket | undefined {
  const handle = (accepted as WithHandle)._handle;
  // TLS decrypts into buffers of its own.
  if (accepted instanceof TLSSocket || !handle || !('useUserBuffer' in handle)) return undefined;
  const moved: Socket = new Socket({ handle, allowHalfOpen: true, onread } as object);
  moved.pause();
  if ((moved as WithHandle)._handle !== handle) return undefined;
  (accepted as WithHandle)._handle = null;
  accepted.destroy();
  return moved;
}

// A stream of bytes from the thread of the chat to the thread for files, on a channel of messages. This is the chat's end:
// a socket that has asked for a WebSocket to a transfer port. The chat's thread reads and writes the bytes of the network,
// and decrypts TLS, because a socket cannot be given to another thread; it looks at none of them. Frames, their masks and
// the transfer itself are the other thread's work (thread-stream.ts), so a turn of the chat's loop costs one read, whatever
// comes. Each end holds no more than `maxPassingBytes` that the other has not taken.

import type { MessagePort } from 'node:worker_threads';
import type { Socket } from 'node:net';

/** Bytes; how many bytes were taken; or that no more will come. */
export type PassageMessage = Uint8Array | number | 'end';

/** The most that is on the way in one direction. */
export const maxPassingBytes = 1024 * 1024;

/** How long the other side may take to read the rest, in milliseconds. */
const lingerMs = 2000;

/** Passes the bytes of `socket` on, behind those that came with its request, until one of the two ends closes. */
export function passOn(socket: Socket, head: Buffer, channel: MessagePort): void {
  let untaken = 0;
  const post = (message: PassageMessage, transfer: readonly ArrayBuffer[] = []) =>
    channel.postMessage(message, transfer);
  const pass = (chunk: Buffer): void => {
    const bytes = own(chunk);
    untaken += bytes.length;
    post(bytes, [bytes.buffer]);
    if (untaken >= maxPassingBytes) socket.pause();
  };
  socket.setTimeout(0);
  socket.setNoDelay(true);
  if (head.length > 0) pass(head);
  socket.on('data', pass);
  socket.on('end', () => post('end'));
  socket.on('close', () => channel.close());
  channel.on('message', (message: PassageMessage) => {
    if (message === 'end') socket.end();
    else if (typeof message === 'number') {
      untaken -= message;
      if (untaken < maxPassingBytes) socket.resume();
    } else if (socket.writable) {
      const { length } = message;
      socket.write(message, () => post(length));
    }
  });
  channel.on('close', () => {
    if (socket.destroyed) return;
    socket.end();
    const linger = setTimeout(() => socket.destroy(), lingerMs);
    socket.once('close', () => clearTimeout(linger));
    socket.resume();
  });
}

/** The chunk in memory of its own, which another thread can take over: the system's reads are, small ones may not be. */
function own(chunk: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = chunk;
  const isOwn =
    buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength;
  return isOwn ? new Uint8Array(buffer) : new Uint8Array(chunk);
}

// The two ends of a file in a process of their own, so that they do not delay the measurement of the chat: a sender
// that writes as fast as it can, and a receiver that reads into one buffer and checks what arrives.

import { once } from 'node:events';
import { setPriority } from 'node:os';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What to move between two ports of this machine. */
export interface FileTask {
  readonly bytes: number;
  readonly sender: { readonly port: number; readonly opening: string };
  /** `header` is what comes before the content. */
  readonly receiver: { readonly port: number; readonly opening: string; readonly header: string };
}

const blockBytes = 1024 * 1024;
const block = Buffer.alloc(blockBytes);
for (let at = 0; at < blockBytes; at += 4) block.writeUInt32LE(at, at);

process.once('message', (task: FileTask) => {
  void move(task).then(
    // Both ends stay open until the bench has measured, and disconnects.
    () => process.send?.('moved'),
    (error: Error) => process.send?.(error.message),
  );
});
process.once('disconnect', () => process.exit(0));

async function move({ bytes, sender, receiver }: FileTask): Promise<void> {
  setPriority(5);
  const content = receive(receiver.port, receiver.opening, receiver.header.length, bytes);
  const socket = await reach(() =>
    connect({ host: '127.0.0.1', port: sender.port, noDelay: true }),
  );
  if (sender.opening !== '') socket.write(sender.opening);
  await Promise.all([send(socket, bytes), content]);
}

/** A connection, once something listens. */
async function reach(dial: () => Socket): Promise<Socket> {
  for (;;) {
    const socket = dial();
    const reached = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      // Once it is open, missing data shows an error.
      socket.on('error', () => resolve(false));
    });
    if (reached) return socket;
    await wait(10);
  }
}

async function send(socket: Socket, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= blockBytes) {
    if (!socket.write(left < blockBytes ? block.subarray(0, left) : block)) {
      await once(socket, 'drain');
    }
  }
}

/** Resolves when everything has arrived. Rejects if a checked byte differs from the sent one. */
function receive(port: number, opening: string, headerBytes: number, bytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = -headerBytes;
    const callback = (length: number, buffer: Uint8Array) => {
      // One byte of each read is checked: enough to see that nothing is lost or doubled.
      const last = received + length - 1;
      if (last >= 0 && buffer[length - 1] !== block[last % blockBytes]) {
        reject(new Error(`byte ${last} of the file is another than was sent`));
      }
      received += length;
      if (received === bytes) resolve();
      return true;
    };
    const buffer = Buffer.allocUnsafe(blockBytes);
    void reach(() => connect({ host: '127.0.0.1', port, onread: { buffer, callback } })).then(
      (socket) => {
        socket.on('close', () => reject(new Error(`closed after ${received} of ${bytes} bytes`)));
        return opening === '' ? undefined : socket.write(opening);
      },
    );
  });
}

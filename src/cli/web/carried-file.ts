// One connection of the page to a transfer port of the server: what the page sends on its WebSocket [19.1] goes to the port
// as it is, and the other way round. The port is dialled as `helo chat` dials it, with the certificate of the server that
// is trusted. Holds for neither side more than what may be on the way. Reads nothing.
import type { WebSocket } from 'ws';
import type { TransferPlace } from '../../client/files/ports.ts';
import { connectTransfer } from '../../platform/node/files/transfer-socket.ts';
import { WebStream } from '../../server/files/web/web-stream.ts';

/** Carries between the page and the port until both have said all, or one of them ends. */
export async function carryFile(webSocket: WebSocket, place: TransferPlace): Promise<void> {
  const page = new WebStream(webSocket);
  const socket = connectTransfer(
    place,
    // The bytes are only valid during this call.
    (bytes) => page.write(Buffer.from(bytes)),
    () => {
      // It is called at the end of what the server sends, and once the connection is closed.
      if (socket.failure === undefined) page.end();
      else if (!page.writableEnded) page.destroy();
    },
  );
  page.on('drain', () => socket.resume());
  page.on('close', () => socket.destroy());
  await socket.opened();
  // The page may still have something to hear when it has said all.
  try {
    for await (const bytes of page.iterator({ destroyOnReturn: false })) {
      await socket.write([bytes as Buffer]);
    }
    socket.halfClose();
  } catch {
    // The page has gone without its last word, and its connection ends with it.
    socket.destroy();
  }
  await socket.closed;
}

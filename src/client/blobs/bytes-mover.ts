// Bytes to a port of the server and from one [13.8], as they are. How much has come, the server says, or the bytes show:
// a connection that breaks off is nothing else than one that ends early.
import type { ConnectTransfer } from '../files/moving/ports.ts';
import type { BytesMover } from './blobs.ts';

/** So much is queued at once. */
const pieceBytes = 256 * 1024;

/** The mover over connections that `connect` makes. */
export function bytesMoverOver(connect: ConnectTransfer): BytesMover {
  return {
    async send(place, opening, bytes, onProgress) {
      let ended = () => {};
      const hasEnded = new Promise<void>((resolve) => (ended = resolve));
      const socket = connect(place, () => true, ended);
      await socket.opened();
      await socket.write([opening]);
      for (let at = 0; at < bytes.length && socket.failure === undefined; at += pieceBytes) {
        const piece = bytes.subarray(at, at + pieceBytes);
        await socket.write([piece]);
        onProgress(at + piece.length);
      }
      socket.halfClose();
      await hasEnded;
      socket.destroy();
      await socket.closed;
    },

    async fetch(place, opening, into, onProgress) {
      let have = 0;
      let ended = () => {};
      const hasEnded = new Promise<void>((resolve) => (ended = resolve));
      const take = (bytes: Uint8Array): boolean => {
        const wanted = bytes.subarray(0, into.length - have);
        into.set(wanted, have);
        have += wanted.length;
        onProgress(have);
        // Nothing more is wanted, whatever comes.
        if (have === into.length) ended();
        return have < into.length;
      };
      const socket = connect(place, take, ended);
      await socket.opened();
      await socket.write([opening]);
      await hasEnded;
      socket.destroy();
      await socket.closed;
      return have;
    },
  };
}

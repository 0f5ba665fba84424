// DEFLATE over the browser's own streams, which work outside the page's thread.
import type { Compression } from '../../e2ee/history/piece-sealer.ts';
import { concatBytes } from '../../lib/bytes.ts';
import { unshared } from './buffer.ts';

const format = 'deflate-raw';

export const browserCompression: Compression = {
  async deflate(bytes) {
    return concatBytes(...(await piecesOf(bytes, new CompressionStream(format), Infinity)));
  },
  async inflate(bytes, maxBytes) {
    try {
      return concatBytes(...(await piecesOf(bytes, new DecompressionStream(format), maxBytes)));
    } catch {
      // Damaged, or larger than it may be: the caller makes no difference.
      return undefined;
    }
  },
};

/** What `stream` makes of `bytes`. Rejects where that is more than `maxBytes`. */
async function piecesOf(
  bytes: Uint8Array,
  stream: GenericTransformStream,
  maxBytes: number,
): Promise<Uint8Array[]> {
  const writer = stream.writable.getWriter();
  // A stream that refuses the bytes says so to the reader too.
  const written = Promise.allSettled([writer.write(unshared(bytes)), writer.close()]);
  const reader: ReadableStreamDefaultReader<Uint8Array> = stream.readable.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > maxBytes) {
      await reader.cancel();
      throw new RangeError('more than it may be');
    }
    pieces.push(read.value);
  }
  await written;
  return pieces;
}

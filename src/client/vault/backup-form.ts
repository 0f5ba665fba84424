// The form of a backup in a file (docs/E2EE.md 15): a first line, and then blobs, one behind the other, each with its id
// and its length before it.

import { encodeUtf8, equalBytes, formatHex, parseHex } from '../../lib/bytes.ts';
import { maxBlobBytes } from '../../wire/kept-files.ts';

export const firstLine = encodeUtf8('helo backup file 1\n');
export const idBytes = 16;
/** Before each blob: its id, and its length. */
export const entryBytes = idBytes + 4;
/** In the place of a length: the blob with that id is gone. */
export const goneMark = 0xffffffff;

/** What stands before a blob of that length, or in the place of one that is gone. */
export function entryOf(id: string, length: number): Uint8Array<ArrayBuffer> {
  const entry = new Uint8Array(entryBytes);
  entry.set(parseHex(id));
  new DataView(entry.buffer).setUint32(idBytes, length);
  return entry;
}

/** A server keeps a thousand. */
const maxBlobs = 100_000;

/** Where a blob is in a file. */
export interface FiledBlob {
  readonly at: number;
  readonly bytes: number;
}

/**
 * Where the blobs are in a file of `size` bytes, and where the last whole one ends. `read` gives so many bytes from there
 * on; undefined if there are fewer. Undefined if it is no backup.
 */
export async function findBlobs(
  size: number,
  read: (at: number, length: number) => Promise<Uint8Array | undefined>,
): Promise<{ readonly kept: Map<string, FiledBlob>; readonly end: number } | undefined> {
  const first = await read(0, firstLine.length);
  if (first === undefined || !equalBytes(first, firstLine)) return undefined;
  const kept = new Map<string, FiledBlob>();
  let end = firstLine.length;
  while (kept.size < maxBlobs) {
    // oxlint-disable-next-line no-await-in-loop -- each says where the next one begins
    const entry = await read(end, entryBytes);
    if (entry === undefined) break;
    const id = formatHex(entry.subarray(0, idBytes));
    const length = new DataView(entry.buffer, entry.byteOffset).getUint32(idBytes);
    const bytes = length === goneMark ? 0 : length;
    const at = end + entryBytes;
    if (bytes > maxBlobBytes || at + bytes > size) break;
    if (length === goneMark) kept.delete(id);
    else kept.set(id, { at, bytes });
    end = at + bytes;
  }
  return { kept, end };
}

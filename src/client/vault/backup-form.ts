// The form of a backup in a file (docs/E2EE.md 15): a first line, and then blobs, one behind the other, each with its id
// and its length before it.

import { encodeUtf8, parseHex } from '../../lib/bytes.ts';

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

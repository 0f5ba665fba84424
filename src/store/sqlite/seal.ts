// Checksums. The one of a segment is over all of it, and over its link to the segment before it in the log: so altered
// bytes are found when they are read, and the absence of a segment that has become unreachable is noticed. The one of a
// row of a small table is over its values (sealed-rows.ts).

import { crc32 } from 'node:zlib';
import type { SqlValue } from '../../sqlite/engine.ts';

export interface Sealed {
  readonly log: number;
  readonly first: number;
  readonly count: number;
  readonly at: number;
  /** The last number of the segment before it. Between the two, nothing was stored. */
  readonly prior: number;
  /** The size of the log up to and with this segment, in bytes. */
  readonly total: number;
  readonly bytes: Uint8Array;
}

export function checksumOf({ log, first, count, at, prior, total, bytes }: Sealed): number {
  return crc32(bytes, crc32(`${log} ${first} ${count} ${at} ${prior} ${total}`));
}

const lineEnd = 10;

/** Whether `bytes` are `count` lines: the only check for a segment that has no checksum yet. */
export function isLines(bytes: Uint8Array, count: number): boolean {
  let lines = 0;
  for (let at = bytes.indexOf(lineEnd); at >= 0; at = bytes.indexOf(lineEnd, at + 1)) lines++;
  return lines === count && bytes.at(-1) === lineEnd;
}

/** The checksum of a row of a small table: over what it holds, and over which table it stands in. */
export function rowChecksumOf(table: string, values: readonly SqlValue[]): number {
  return crc32(JSON.stringify([table, ...values]));
}

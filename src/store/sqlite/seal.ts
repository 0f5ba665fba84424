// The checksum of a segment: over all of it and over how it follows the one before it in its log. So altered bytes
// are found when they are read, and a segment that has become unreachable is missed.

import { crc32 } from 'node:zlib';

export interface Sealed {
  readonly log: number;
  readonly first: number;
  readonly count: number;
  readonly at: number;
  /** The last number of the segment before it; what is between the two was never stored. */
  readonly prior: number;
  /** How many bytes the log has had with it. */
  readonly total: number;
  readonly bytes: Uint8Array;
}

export function checksumOf({ log, first, count, at, prior, total, bytes }: Sealed): number {
  return crc32(bytes, crc32(`${log} ${first} ${count} ${at} ${prior} ${total}`));
}

const lineEnd = 10;

/** Whether `bytes` are `count` lines: all that can be said of a segment that has no checksum yet. */
export function isLines(bytes: Uint8Array, count: number): boolean {
  let lines = 0;
  for (let at = bytes.indexOf(lineEnd); at >= 0; at = bytes.indexOf(lineEnd, at + 1)) lines++;
  return lines === count && bytes.at(-1) === lineEnd;
}

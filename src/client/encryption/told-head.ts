// Which list of devices a server has shown somebody (account/directory), as bytes in a sealed frame:
//   68 | version 1 | size(8) | hash(32) | put-backs(8) | at(8)
// One encoding for each; anything else is none. Notes about files begin with another byte.

import { concatBytes } from '../../lib/bytes.ts';
import { decodeNumber, encodeNumber } from '../../wire/statements/parts.ts';
import { treeHashBytes } from '../../wire/statements/tree-hash.ts';

/** How a directory stood for somebody. */
export interface ToldHead {
  readonly size: number;
  readonly hash: Uint8Array;
  /** How often the server was put back by then, as the list says. */
  readonly putBacks: number;
  /** By the clock of whoever tells it, in milliseconds since 1970. */
  readonly at: number;
}

const mark = 68;
const version = 1;
const headBytes = 2 + 8 + treeHashBytes + 8 + 8;

export function encodeHead({ size, hash, putBacks, at }: ToldHead): Uint8Array {
  const start = Uint8Array.of(mark, version);
  return concatBytes(start, encodeNumber(size), hash, encodeNumber(putBacks), encodeNumber(at));
}

/** Whether a note is about that. */
export function isHead(bytes: Uint8Array): boolean {
  return bytes[0] === mark && bytes[1] === version;
}

export function decodeHead(bytes: Uint8Array): ToldHead | undefined {
  if (bytes.length !== headBytes || !isHead(bytes)) return undefined;
  const size = decodeNumber(bytes.slice(2, 10));
  const putBacks = decodeNumber(bytes.slice(42, 50));
  const at = decodeNumber(bytes.slice(50));
  if (size === undefined || putBacks === undefined || at === undefined) return undefined;
  return { size, hash: bytes.slice(10, 42), putBacks, at };
}

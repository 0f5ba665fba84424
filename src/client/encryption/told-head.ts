// Which list of devices a server has shown somebody (account/directory), as bytes in a sealed frame:
//   68 | version 1 | size(8) | hash(32) | at(8) | signature(64)
// The last three are the server's: nobody can make up what it has shown them. One encoding for each; anything else is none. Notes about files begin with another byte.

import { concatBytes } from '../../lib/bytes.ts';
import { decodeNumber, encodeNumber } from '../../wire/statements/parts.ts';
import { treeHashBytes } from '../../wire/statements/hash-bytes.ts';

/** How a directory stood for somebody. */
export interface ToldHead {
  readonly size: number;
  readonly hash: Uint8Array;
  /** When the server signed it, by its clock, in milliseconds since 1970. */
  readonly at: number;
  readonly signature: Uint8Array;
}

const mark = 68;
const version = 1;
const signatureBytes = 64;
const headBytes = 2 + 8 + treeHashBytes + 8 + signatureBytes;

export function encodeHead({ size, hash, at, signature }: ToldHead): Uint8Array {
  const start = Uint8Array.of(mark, version);
  return concatBytes(start, encodeNumber(size), hash, encodeNumber(at), signature);
}

/** Whether a note is about that. */
export function isHead(bytes: Uint8Array): boolean {
  return bytes[0] === mark && bytes[1] === version;
}

export function decodeHead(bytes: Uint8Array): ToldHead | undefined {
  if (bytes.length !== headBytes || !isHead(bytes)) return undefined;
  const size = decodeNumber(bytes.slice(2, 10));
  const at = decodeNumber(bytes.slice(42, 50));
  if (size === undefined || at === undefined) return undefined;
  return { size, hash: bytes.slice(10, 42), at, signature: bytes.slice(50) };
}

// The directory: what a server says about the devices of its accounts, in the order in which it says it. Owns the bytes of
// an entry, and of a head: how many entries there are, and their hash (tree-hash.ts), signed by the server. Whoever has
// a copy finds out what was taken away, or shown to others only. It holds no links: they are compared by their hashes.
//
//   tag(8) | SHA-256 of a link(32)
//   tag(8) | 0 ... 0 1      the account was reset, and begins a new chain
//   tag(8) | 0 ... 0 2      the account was removed
//   run(8) | 0 ... 0 3      the server was put back to an older copy of its data; since then it is in that run
//
// The tag is the beginning of a hash of the account's name.

import { concatBytes, encodeUtf8, equalBytes } from '../../lib/bytes.ts';
import { encodeNumber, encodeParts } from './parts.ts';
import type { HashAtOnce } from './tree-hash.ts';
import { statementHashBytes, wordPart } from './statement.ts';

export const directoryTagBytes = 8;
export const directoryEntryBytes = directoryTagBytes + statementHashBytes;
/** The most entries in one answer. */
export const maxDirectoryPage = 1000;

/** What an entry says that is not about a link. */
export const directoryWords = ['reset', 'removed', 'put-back'] as const;
export type DirectoryWord = (typeof directoryWords)[number];

/** How a directory stands at one moment. */
export interface DirectoryHead {
  readonly size: number;
  readonly hash: Uint8Array;
  /** By the server's clock, in milliseconds since 1970: for people to read. */
  readonly at: number;
}

/** The tag of an account. */
export function directoryTag(sha256: HashAtOnce, name: string): Uint8Array {
  return sha256(encodeUtf8(`helo directory name ${name}`)).slice(0, directoryTagBytes);
}

/** The entry of a link, by its hash, or of a word. `tag`: of the account; of `put-back` the number of the run. */
export function directoryEntry(tag: Uint8Array, what: Uint8Array | DirectoryWord): Uint8Array {
  return concatBytes(tag, typeof what === 'string' ? bytesOfWord(what) : what);
}

/** What an entry says: the hash of a link, or a word. */
export function readDirectoryEntry(entry: Uint8Array): Uint8Array | DirectoryWord {
  const what = entry.subarray(directoryTagBytes);
  return directoryWords.find((word) => equalBytes(bytesOfWord(word), what)) ?? what;
}

/** The tag of a `put-back` in the run with that number. */
export function tagOfRun(run: number): Uint8Array {
  return encodeNumber(run);
}

/** What the server signs. */
export function headToSign({ size, hash, at }: DirectoryHead): Uint8Array {
  return encodeParts([
    wordPart('helo directory 1 head'),
    encodeNumber(size),
    hash,
    encodeNumber(at),
  ]);
}

function bytesOfWord(word: DirectoryWord): Uint8Array {
  const bytes = new Uint8Array(statementHashBytes);
  bytes[statementHashBytes - 1] = directoryWords.indexOf(word) + 1;
  return bytes;
}

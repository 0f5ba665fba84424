// The layout of a file that somebody keeps for others: its encrypted chunks, one after the other, and nothing else. So
// each chunk has one place, whoever asks for it and however often the sending was interrupted. Each attempt to send it
// encrypts under a salt of its own, from some chunk on. The table of salts is no secret, and is told beside the key of
// the file. Knows no ciphers.
import { equalBytes } from '../../lib/bytes.ts';
import { chunkBytes, chunkCount, isChunkOf, saltBytes, tagBytes } from './file-layout.ts';

/** Chunks from `fromChunk` on, up to that of the next salt, were encrypted under the key of `salt`. */
export interface ChunkSalt {
  readonly fromChunk: number;
  readonly salt: Uint8Array;
}

/** Beyond that many attempts a file is encrypted from its beginning again. */
export const maxSalts = 64;

const sealedChunkBytes = chunkBytes + tagBytes;

/** The length of a kept file of `size` bytes. */
export function keptLength(size: number): number {
  return size + chunkCount(size) * tagBytes;
}

/** Where the chunk `number` begins. */
export function keptOffset(number: number): number {
  return number * sealedChunkBytes;
}

/** How many whole chunks of a file of `size` bytes are in the first `bytes` of its kept form. */
export function keptChunks(size: number, bytes: number): number {
  return bytes >= keptLength(size) ? chunkCount(size) : Math.floor(bytes / sealedChunkBytes);
}

/** The table of a file whose chunks from `fromChunk` on are encrypted under `salt`, and the ones before as they were. */
export function saltsWith(
  before: readonly ChunkSalt[],
  fromChunk: number,
  salt: Uint8Array,
): readonly ChunkSalt[] {
  return [...before.filter((other) => other.fromChunk < fromChunk), { fromChunk, salt }];
}

/** The salt of the chunk `number`. */
export function saltOf(salts: readonly ChunkSalt[], number: number): Uint8Array | undefined {
  return salts.findLast(({ fromChunk }) => fromChunk <= number)?.salt;
}

/** Whether it is the table of a file of `size` bytes: every chunk has one salt, and none is there twice. */
export function areSaltsOf(size: number, salts: readonly ChunkSalt[]): boolean {
  if (salts.length > maxSalts || salts[0]?.fromChunk !== 0) return false;
  return salts.every(({ fromChunk, salt }, index) => {
    const before = salts.slice(0, index);
    const isBehind = fromChunk > (before.at(-1)?.fromChunk ?? -1);
    const isFresh = !before.some((other) => equalBytes(other.salt, salt));
    return isChunkOf(size, fromChunk) && salt.length === saltBytes && isBehind && isFresh;
  });
}

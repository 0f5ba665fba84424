// The layout of an encrypted file, after age's STREAM: a salt that is fresh for every attempt, then chunks of 64 KiB,
// each encrypted under a nonce that holds its number and whether it is the last. Numbers count from the beginning of
// the file, so an attempt that resumes in the middle begins with the number of its first chunk. Every length follows
// from the size of the file, which both sides know beforehand. Knows no ciphers.

/** Small enough to encrypt without a noticeable pause, and as fast as larger chunks (docs/E2EE.md). */
export const chunkBytes = 64 * 1024;
export const tagBytes = 16;
export const saltBytes = 16;
export const fileKeyBytes = 32;
export const fileHashBytes = 32;

/** The largest file: what a number holds exactly. The counter of a nonce could count further. */
export const maxFileBytes = Number.MAX_SAFE_INTEGER;

/** How many chunks a file of `size` bytes has. An empty file has one: an empty last chunk. */
export function chunkCount(size: number): number {
  return Math.max(1, Math.ceil(size / chunkBytes));
}

/** How many bytes of the file are in its chunk `number`. */
export function chunkLength(size: number, number: number): number {
  return Math.min(chunkBytes, size - number * chunkBytes);
}

/** The length of the stream that carries a file of `size` bytes from the chunk `fromChunk` on. */
export function sealedLength(size: number, fromChunk: number): number {
  return saltBytes + size - fromChunk * chunkBytes + (chunkCount(size) - fromChunk) * tagBytes;
}

/** Whether an attempt on a file of `size` bytes can begin with the chunk `fromChunk`. */
export function isChunkOf(size: number, fromChunk: number): boolean {
  return Number.isSafeInteger(fromChunk) && fromChunk >= 0 && fromChunk < chunkCount(size);
}

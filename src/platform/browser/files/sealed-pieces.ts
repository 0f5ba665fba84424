// A file that has come, as it is kept under the lock of the store (docs/E2EE.md 17): pieces of a mebibyte, each encrypted as
// a sending of a file encrypts one chunk (e2ee/files/): under a key from the file's key and a salt that is fresh for the
// piece, and a nonce with the number of the piece and whether it is the last. So a piece has one place in one file, and may
// be written again with another content. Owns the layout: `salt | encrypted piece | tag`, one behind the other. Works in a
// page and in a worker.
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { attemptCipher } from '../../../e2ee/files/file-key.ts';
import { chunkNonce } from '../../../e2ee/files/chunk-nonce.ts';
import { fileKeyBytes, saltBytes, tagBytes } from '../../../e2ee/files/file-layout.ts';
import { concatBytes, encodeUtf8 } from '../../../lib/bytes.ts';
import { browserFileCiphers } from '../crypto/file-ciphers.ts';
import { browserRandomBytes } from '../runtime.ts';

/** So much of a file is in each piece, but in the last one. */
export const pieceBytes = 1024 * 1024;
const addedBytes = saltBytes + tagBytes;
const sealedPieceBytes = pieceBytes + addedBytes;

/** How many pieces a file of `size` bytes has. An empty one has one. */
export function pieceCount(size: number): number {
  return Math.max(1, Math.ceil(size / pieceBytes));
}

/** Where the piece `number` begins. */
export function pieceOffset(number: number): number {
  return number * sealedPieceBytes;
}

/** The length of a file of `size` bytes as it is kept. */
export function sealedSize(size: number): number {
  return size + pieceCount(size) * addedBytes;
}

/** How much of a file is in its first `length` bytes as it is kept. A piece that is too short to be one is none. */
export function openedSize(length: number): number {
  const rest = length % sealedPieceBytes;
  return Math.floor(length / sealedPieceBytes) * pieceBytes + Math.max(0, rest - addedBytes);
}

/** Encrypts and decrypts the pieces of one file. */
export class PieceCipher {
  readonly #key: Uint8Array;

  /** `filesKey` is that of all files of the store, `id` the file's. */
  constructor(filesKey: Uint8Array, id: string) {
    const info = encodeUtf8(`helo browser file 1 ${id}`);
    this.#key = hkdf(sha256, filesKey, undefined, info, fileKeyBytes);
  }

  async seal(number: number, isLast: boolean, piece: Uint8Array): Promise<Uint8Array> {
    const salt = browserRandomBytes(saltBytes);
    const cipher = await attemptCipher(browserFileCiphers, this.#key, salt);
    return concatBytes(salt, ...(await cipher.seal(chunkNonce(number, isLast), piece)));
  }

  /** Undefined if it is not the piece that belongs there. */
  async open(number: number, isLast: boolean, sealed: Uint8Array): Promise<Uint8Array | undefined> {
    if (sealed.length < addedBytes) return undefined;
    const salt = sealed.slice(0, saltBytes);
    const cipher = await attemptCipher(browserFileCiphers, this.#key, salt);
    return cipher.open(chunkNonce(number, isLast), sealed.subarray(saltBytes));
  }
}

/**
 * The pieces of a file that is kept, decrypted one after the other. Ends with undefined at one that does not open. Of a file
 * that is not whole, those that are.
 */
export async function* openedPieces(
  kept: Blob,
  cipher: PieceCipher,
  isWhole = true,
): AsyncGenerator<Uint8Array | undefined> {
  const pieces = kept.size / sealedPieceBytes;
  const count = isWhole ? Math.max(1, Math.ceil(pieces)) : Math.floor(pieces);
  for (let number = 0; number < count; number++) {
    const part = kept.slice(pieceOffset(number), pieceOffset(number + 1));
    // oxlint-disable-next-line no-await-in-loop -- one piece in memory at a time
    const sealed = new Uint8Array(await part.arrayBuffer());
    // oxlint-disable-next-line no-await-in-loop -- the same
    const piece = await cipher.open(number, isWhole && number === count - 1, sealed);
    yield piece;
    if (piece === undefined) return;
  }
}

/** The opposite: the pieces of `content`, encrypted one after the other. Of one that is not whole, those that are. */
export async function* sealedPieces(
  content: Blob,
  cipher: PieceCipher,
  isWhole: boolean,
): AsyncGenerator<Uint8Array> {
  const count = isWhole ? pieceCount(content.size) : Math.floor(content.size / pieceBytes);
  for (let number = 0; number < count; number++) {
    const part = content.slice(number * pieceBytes, (number + 1) * pieceBytes);
    // oxlint-disable-next-line no-await-in-loop -- one piece in memory at a time
    const piece = new Uint8Array(await part.arrayBuffer());
    // oxlint-disable-next-line no-await-in-loop -- the same
    yield await cipher.seal(number, isWhole && number === count - 1, piece);
  }
}

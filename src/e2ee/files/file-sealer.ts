// Encrypts an outgoing file: chunk after chunk, each under its number. Owns the numbering; knows no disk and no
// socket.
import { invariant } from '../../lib/invariant.ts';
import type { ChunkCipher, FileCiphers } from './file-ciphers.ts';
import { attemptCipher } from './file-key.ts';
import { chunkNonce } from './chunk-nonce.ts';
import { chunkCount, chunkLength, isChunkOf } from './file-layout.ts';

export interface SealingOrder {
  readonly key: Uint8Array;
  readonly size: number;
  /** The first chunk of this attempt. */
  readonly fromChunk: number;
  /** Fresh and random for every attempt. Sent before the chunks. */
  readonly salt: Uint8Array;
}

export class FileSealer {
  readonly #cipher: ChunkCipher;
  readonly #size: number;
  #next: number;

  private constructor(cipher: ChunkCipher, { size, fromChunk }: SealingOrder) {
    this.#cipher = cipher;
    this.#size = size;
    this.#next = fromChunk;
  }

  static async start(ciphers: FileCiphers, order: SealingOrder): Promise<FileSealer> {
    invariant(isChunkOf(order.size, order.fromChunk), 'an attempt begins inside the file');
    return new FileSealer(await attemptCipher(ciphers, order.key, order.salt), order);
  }

  /** Whether every chunk was encrypted. */
  get isDone(): boolean {
    return this.#next === chunkCount(this.#size);
  }

  /** How many bytes of the file the next chunk holds. */
  get nextLength(): number {
    return chunkLength(this.#size, this.#next);
  }

  /** Encrypts the next chunk: pieces to send in order. The chunks after it may be given before they are there. */
  async seal(chunk: Uint8Array): Promise<readonly Uint8Array[]> {
    invariant(
      !this.isDone && chunk.length === this.nextLength,
      'a chunk has the length of its place',
    );
    const number = this.#next++;
    return this.#cipher.seal(chunkNonce(number, this.isDone), chunk);
  }
}

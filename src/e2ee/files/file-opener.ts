// Decrypts an incoming file: splits the stream into its salt and its chunks, and decrypts each chunk under the number
// that it must have. A truncated, reordered, exchanged, appended or altered stream does not decrypt. The stream of a kept
// file (kept-layout.ts) has no salt: its salts are known beforehand.
import { invariant } from '../../lib/invariant.ts';
import type { ChunkCipher, FileCiphers } from './file-ciphers.ts';
import { attemptCipher } from './file-key.ts';
import { chunkNonce } from './chunk-nonce.ts';
import {
  chunkCount,
  chunkLength,
  isChunkOf,
  saltBytes,
  sealedLength,
  tagBytes,
} from './file-layout.ts';
import { saltOf, type ChunkSalt } from './kept-layout.ts';

export interface OpeningOrder {
  readonly key: Uint8Array;
  readonly size: number;
  readonly fromChunk: number;
  /** Of a kept file. Otherwise the stream begins with its salt. */
  readonly salts?: readonly ChunkSalt[] | undefined;
}

/** The length of the stream that `order` opens. */
export function streamLength({
  size,
  fromChunk,
  salts,
}: Pick<OpeningOrder, 'size' | 'fromChunk' | 'salts'>): number {
  return sealedLength(size, fromChunk) - (salts === undefined ? 0 : saltBytes);
}

/**
 * Cuts a stream into units: the salt, then each encrypted chunk. Holds one unfinished unit. Does not check the units.
 */
export class SealedUnits {
  readonly #size: number;
  readonly #allocate: (length: number) => Uint8Array;
  #next: number;
  #unit: Uint8Array;
  #filled = 0;
  #left: number;

  /** `allocate` gives the memory of a unit, so that the caller can reuse it afterwards. */
  constructor(
    order: Pick<OpeningOrder, 'size' | 'fromChunk' | 'salts'>,
    allocate: (length: number) => Uint8Array = (length) => new Uint8Array(length),
  ) {
    const { size, fromChunk, salts } = order;
    invariant(isChunkOf(size, fromChunk), 'an attempt begins inside the file');
    this.#size = size;
    this.#allocate = allocate;
    this.#next = fromChunk;
    this.#unit = salts === undefined ? allocate(saltBytes) : this.#nextChunk();
    this.#left = streamLength(order);
  }

  /** How many bytes are still to come. */
  get left(): number {
    return this.#left;
  }

  /**
   * Receives the next bytes of the stream, calls `onUnit` for each unit that ends in them, and returns how many of the
   * bytes belong to the stream. The others are behind its end. `bytes` are not kept.
   */
  push(bytes: Uint8Array, onUnit: (unit: Uint8Array) => void): number {
    const taken = Math.min(bytes.length, this.#left);
    for (let from = 0; from < taken;) {
      const part = bytes.subarray(from, Math.min(taken, from + this.#unit.length - this.#filled));
      this.#unit.set(part, this.#filled);
      this.#filled += part.length;
      this.#left -= part.length;
      from += part.length;
      if (this.#filled === this.#unit.length) onUnit(this.#turn());
    }
    return taken;
  }

  #turn(): Uint8Array {
    const whole = this.#unit;
    this.#filled = 0;
    if (this.#left > 0) this.#unit = this.#nextChunk();
    return whole;
  }

  #nextChunk(): Uint8Array {
    return this.#allocate(chunkLength(this.#size, this.#next++) + tagBytes);
  }
}

export class FileOpener {
  readonly #ciphers: FileCiphers;
  readonly #order: OpeningOrder;
  #cipher: Promise<ChunkCipher> | undefined;
  /** Whose key the cipher has. */
  #salt: Uint8Array | undefined;
  #next: number;

  constructor(ciphers: FileCiphers, order: OpeningOrder) {
    this.#ciphers = ciphers;
    this.#order = order;
    this.#next = order.fromChunk;
  }

  /** Whether the last chunk was decrypted, or is being decrypted. */
  get isDone(): boolean {
    return this.#next === chunkCount(this.#order.size);
  }

  /**
   * Decrypts the next unit. The salt gives 'salt'; a chunk gives its bytes of the file, or undefined if it is not the
   * chunk that belongs here. Then nothing that follows can be trusted. The units after it may be given before that.
   */
  async open(unit: Uint8Array): Promise<Uint8Array | 'salt' | undefined> {
    const { size, salts } = this.#order;
    if (salts === undefined && this.#cipher === undefined) {
      await this.#begin(unit);
      return 'salt';
    }
    invariant(!this.isDone, 'there is nothing behind the last chunk');
    const number = this.#next++;
    const nonce = chunkNonce(number, this.isDone);
    const salt = salts === undefined ? this.#salt : saltOf(salts, number);
    if (salt !== undefined && salt !== this.#salt) void this.#begin(salt);
    const cipher = await this.#cipher;
    const chunk = await cipher?.open(nonce, unit);
    return chunk?.length === chunkLength(size, number) ? chunk : undefined;
  }

  /** From now on every chunk waits for this cipher. */
  #begin(salt: Uint8Array): Promise<ChunkCipher> {
    this.#salt = salt;
    return (this.#cipher = attemptCipher(this.#ciphers, this.#order.key, salt));
  }
}

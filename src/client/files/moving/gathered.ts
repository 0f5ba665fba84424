// How much of an incoming file is there, and whether the whole is the one that was described, wherever it is kept.

import type { RunningHash } from '../../../e2ee/files/file-ciphers.ts';
import { chunkBytes, chunkCount } from '../../../e2ee/files/file-layout.ts';
import { equalBytes } from '../../../lib/bytes.ts';
import type { LandingOrder } from '../ports.ts';

export class Gathered {
  readonly #order: LandingOrder;
  readonly #hash: RunningHash;
  #bytes = 0;

  /** `hash` is a fresh SHA-256. */
  constructor(order: LandingOrder, hash: RunningHash) {
    this.#order = order;
    this.#hash = hash;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many whole chunks are there. */
  get chunks(): number {
    const { size } = this.#order;
    // An empty file has one chunk to fetch, like any other.
    if (size === 0) return 0;
    return this.#bytes === size ? chunkCount(size) : Math.floor(this.#bytes / chunkBytes);
  }

  /** How much of a file that was found with `found` bytes is of use. */
  usable(found: number): number {
    const { size } = this.#order;
    if (found === size) return found;
    // Longer than the file itself: not ours. An incomplete chunk is fetched again.
    return found > size ? 0 : Math.floor(found / chunkBytes) * chunkBytes;
  }

  /** What comes next is there. */
  add(piece: Uint8Array): void {
    this.#hash.update(piece);
    this.#bytes += piece.length;
  }

  /** Whether it is the file that was described. Nothing may be added afterwards. */
  async isTrue(): Promise<boolean> {
    if (this.#bytes !== this.#order.size) return false;
    return equalBytes(await this.#hash.digest(), this.#order.sha256);
  }
}

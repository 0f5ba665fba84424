// The buffers for reading files. Owns their sizes: larger buffers need fewer reads and writes, which are the cost of a
// relay (measured: 3 GB per CPU second with 64 KiB, 4.4 with 1 MiB). Only a limited number of files get a large one at
// the same time, so that a thousand slow files do not hold a gigabyte.

const largeBytes = 1024 * 1024;
const smallBytes = 64 * 1024;
const maxLarge = 16;

/** A buffer, and the function that returns it. */
export interface LentBuffer {
  readonly bytes: Uint8Array;
  /** Makes room for another one. These bytes are never used again: a write of them may still be in progress. */
  giveBack(): void;
}

export class ReadBuffers {
  #large = 0;

  lend(): LentBuffer {
    const large = this.#large < maxLarge;
    if (large) this.#large++;
    return {
      bytes: Buffer.allocUnsafeSlow(large ? largeBytes : smallBytes),
      giveBack: () => {
        if (large) this.#large--;
      },
    };
  }
}

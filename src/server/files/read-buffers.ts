// The buffers that files are read into. Owns their sizes: larger buffers need fewer reads and writes, which are the
// cost of a relay (measured: 3 GB per CPU second with 64 KiB, 4.4 with 1 MiB). Only so many files at a time get a
// large one, so that a thousand slow files don't hold a gigabyte.

const largeBytes = 1024 * 1024;
const smallBytes = 64 * 1024;
const maxLarge = 16;

/** A buffer, and its return. */
export interface LentBuffer {
  readonly bytes: Uint8Array;
  /** Makes room for another one. These bytes are never lent again: a write of them may still be under way. */
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

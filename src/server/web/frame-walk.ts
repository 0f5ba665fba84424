// How many bytes of a WebSocket message have come that is not whole yet: `ws`, which keeps them, does not say. Follows the
// heads of frames [RFC 6455 §5.2] and nothing else; what is wrong with them, `ws` finds.

/** The last frame of its message. */
const finalBit = 0x80;
/** Pings, pongs and closes, which may stand between the frames of a message. */
const controlBit = 0x08;
const maskBit = 0x80;
const maskBytes = 4;
/** Lengths that stand for a longer one, and its bytes. */
const twoBytes = 126;
const eightBytes = 127;

const longestHead = 14;

export class FrameWalk {
  readonly #head = new Uint8Array(longestHead);
  #headBytes = 0;
  /** Bytes of the frame's content that are yet to come. */
  #left = 0;
  /** Bytes of the frame so far, without its head. */
  #frame = 0;
  /** Bytes of the frames of its message before it. */
  #message = 0;

  /** What is kept, in bytes. */
  get held(): number {
    return this.#message + this.#frame + this.#headBytes;
  }

  /** These bytes have come. */
  walk(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, chunk.length - at);
        at += taken;
        this.#frame += taken;
        this.#left -= taken;
      } else {
        this.#head[this.#headBytes] = chunk[at] ?? 0;
        this.#headBytes++;
        at++;
        if (this.#headBytes < this.#headSize) continue;
        this.#left = this.#length;
      }
      if (this.#left === 0) this.#ended();
    }
  }

  get #headSize(): number {
    if (this.#headBytes < 2) return 2;
    const second = this.#head[1] ?? 0;
    const length = second & ~maskBit;
    const more = length === twoBytes ? 2 : length === eightBytes ? 8 : 0;
    return 2 + more + ((second & maskBit) === 0 ? 0 : maskBytes);
  }

  get #length(): number {
    const short = (this.#head[1] ?? 0) & ~maskBit;
    if (short < twoBytes) return short;
    return this.#head
      .subarray(2, short === twoBytes ? 4 : 10)
      .reduce((length, byte) => length * 256 + byte, 0);
  }

  #ended(): void {
    const first = this.#head[0] ?? 0;
    if ((first & controlBit) === 0) {
      this.#message = (first & finalBit) === 0 ? this.#message + this.#frame : 0;
    }
    this.#frame = 0;
    this.#headBytes = 0;
  }
}

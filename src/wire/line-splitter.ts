// Bytes -> lines. Owns where a line ends and how long it may be; does not decode anything. A line ends with LF; one
// CR before it belongs to the line end. Between chunks it holds at most one unfinished line, and never more than the
// cap.

const lf = 10;
const cr = 13;
const nothing = new Uint8Array(0);

/**
 * Receives one line, without its line end. The bytes are only valid until the function returns. It may return `false`
 * to stop after this line.
 */
export type LineSink = (line: Uint8Array) => unknown;

/** Splits a stream of bytes into lines, whatever chunks the bytes arrive in. */
export class LineSplitter {
  readonly #maxLineBytes: number;
  /** The beginning of the unfinished line; grows by doubling, so that a line in many pieces stays cheap. */
  #held = nothing;
  #heldLength = 0;
  #overflowed = false;
  #taken = 0;

  /** @param maxLineBytes the longest line accepted, in bytes without its line end */
  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** How many bytes of an unfinished line are held. */
  get held(): number {
    return this.#heldLength;
  }

  /** How many bytes of the last chunk were used. If `onLine` returned `false`, the caller must push the rest again. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Receives the next chunk and calls `onLine` for every line that ends in it. Returns false once a line exceeds the
   * cap: nothing after that is read, because the start of the next line is unknown. `chunk` is not kept.
   */
  push(chunk: Uint8Array, onLine: LineSink): boolean {
    let from = 0;
    let wanted = true;
    while (wanted && !this.#overflowed && from < chunk.length) {
      const end = chunk.indexOf(lf, from);
      const part = chunk.subarray(from, end < 0 ? chunk.length : end);
      from += part.length + (end < 0 ? 0 : 1);
      // One byte more than the cap is held, because the last one may be the CR of the line end.
      if (this.#heldLength + part.length > this.#maxLineBytes + 1) this.#overflow();
      else if (end < 0) this.#hold(part);
      else wanted = this.#emit(part, onLine);
    }
    this.#taken = from;
    return !this.#overflowed;
  }

  #overflow(): void {
    this.#overflowed = true;
    this.#release();
  }

  #release(): void {
    this.#held = nothing;
    this.#heldLength = 0;
  }

  #hold(part: Uint8Array): void {
    const length = this.#heldLength + part.length;
    if (length > this.#held.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#held.length));
      grown.set(this.#held.subarray(0, this.#heldLength));
      this.#held = grown;
    }
    this.#held.set(part, this.#heldLength);
    this.#heldLength = length;
  }

  /** Returns whether the sink wants more lines. */
  #emit(part: Uint8Array, onLine: LineSink): boolean {
    let line = part;
    if (this.#heldLength > 0) {
      this.#hold(part);
      line = this.#held.subarray(0, this.#heldLength);
      this.#release();
    }
    if (line.length > 0 && line[line.length - 1] === cr) line = line.subarray(0, -1);
    if (line.length > this.#maxLineBytes) {
      this.#overflow();
      return false;
    }
    return onLine(line) !== false;
  }
}

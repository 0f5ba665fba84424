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

/**
 * The same for one that wants no view of its own: the line is `bytes` from `from` up to `to`. In nearly all cases `bytes`
 * is the chunk itself.
 */
export type LineRangeSink = (bytes: Uint8Array, from: number, to: number) => unknown;

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
    return this.pushRanges(chunk, (bytes, from, to) => onLine(bytes.subarray(from, to)));
  }

  /** As `push`, with the lines as ranges: a view of each line costs more than finding it. */
  pushRanges(chunk: Uint8Array, onLine: LineRangeSink): boolean {
    let from = 0;
    let wanted = true;
    while (wanted && !this.#overflowed && from < chunk.length) {
      const found = chunk.indexOf(lf, from);
      const end = found < 0 ? chunk.length : found;
      // One byte more than the cap is held, because the last one may be the CR of the line end.
      if (this.#heldLength + end - from > this.#maxLineBytes + 1) this.#overflow();
      else if (found < 0) this.#hold(chunk.subarray(from));
      else if (this.#heldLength === 0) wanted = this.#emit(chunk, from, end, onLine);
      else wanted = this.#emitHeld(chunk.subarray(from, end), onLine);
      from = found < 0 ? end : end + 1;
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

  /** What is held, with its end. Returns whether the sink wants more lines. */
  #emitHeld(part: Uint8Array, onLine: LineRangeSink): boolean {
    this.#hold(part);
    const [held, length] = [this.#held, this.#heldLength];
    this.#release();
    return this.#emit(held, 0, length, onLine);
  }

  /** Returns whether the sink wants more lines. */
  #emit(bytes: Uint8Array, from: number, end: number, onLine: LineRangeSink): boolean {
    const to = end > from && bytes[end - 1] === cr ? end - 1 : end;
    if (to - from > this.#maxLineBytes) {
      this.#overflow();
      return false;
    }
    return onLine(bytes, from, to) !== false;
  }
}

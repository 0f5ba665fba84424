// Composes the output of one receiver that cannot use an audience's shared bytes: it has sent something itself, has
// lines of its own, is in several audiences, or has joined in the middle. Keeps the order in which lines were
// delivered.

import type { AudienceBuffer, DirectPiece, Receiver } from './receiver.ts';

/** Some of a buffer's pending bytes. */
interface Slice {
  readonly buffer: AudienceBuffer;
  readonly from: number;
  readonly to: number;
}

type Part = Slice | string;

/** Everything that `receiver` has yet to get from `buffers` and its own `pieces`, as one buffer. */
export function compose(
  receiver: Receiver,
  buffers: readonly AudienceBuffer[],
  pieces: readonly DirectPiece[],
): Buffer {
  const parts: Part[] = [];
  const cursors = buffers.map((buffer) => new Cursor(buffer, receiver));
  for (const piece of pieces) {
    takeLines(parts, cursors, piece.turn);
    parts.push(piece.text);
  }
  takeLines(parts, cursors, Infinity);
  return join(parts);
}

/** Walks over the lines of a buffer that one receiver gets. */
class Cursor {
  readonly #buffer: AudienceBuffer;
  readonly #receiver: Receiver;
  /** The next line that the receiver gets, and where it begins. */
  #at = 0;
  #from = 0;

  constructor(buffer: AudienceBuffer, receiver: Receiver) {
    this.#buffer = buffer;
    this.#receiver = receiver;
    this.#skip();
  }

  /** The turn of the next line; Infinity after the last. */
  get turn(): number {
    return this.#buffer.lines[this.#at]?.turn ?? Infinity;
  }

  /** Appends the lines up to `turn` to `parts`, each run of them as one slice. */
  take(parts: Part[], turn: number): void {
    const { lines } = this.#buffer;
    const { id } = this.#receiver;
    while (this.#at < lines.length && this.turn <= turn) {
      const from = this.#from;
      let to = from;
      for (; this.#at < lines.length; this.#at++) {
        const line = lines[this.#at];
        if (line === undefined || line.turn > turn || line.except === id) break;
        to = line.end;
      }
      parts.push({ buffer: this.#buffer, from, to });
      this.#from = to;
      this.#skip();
    }
  }

  /** Goes on to the next line that the receiver gets. */
  #skip(): void {
    const { lines } = this.#buffer;
    const { id, heardUpTo } = this.#receiver;
    for (; this.#at < lines.length; this.#at++) {
      const line = lines[this.#at];
      if (line === undefined || (line.except !== id && line.turn > heardUpTo)) return;
      this.#from = line.end;
    }
  }
}

/** Appends the lines up to `turn` to `parts`, oldest first over all buffers. */
function takeLines(parts: Part[], cursors: readonly Cursor[], turn: number): void {
  for (;;) {
    let next: Cursor | undefined;
    let [least, second] = [Infinity, Infinity];
    for (const cursor of cursors) {
      const { turn: its } = cursor;
      if (its < least) [next, second, least] = [cursor, least, its];
      else second = Math.min(second, its);
    }
    if (next === undefined || least > turn) return;
    // The same line in both forms has one turn, and nobody gets both: no two cursors of a receiver are at one turn.
    next.take(parts, Math.min(turn, second));
  }
}

function join(parts: readonly Part[]): Buffer {
  let length = 0;
  for (const part of parts) {
    length += typeof part === 'string' ? part.length : part.to - part.from;
  }
  const joined = Buffer.allocUnsafe(length);
  let at = 0;
  for (const part of parts) {
    at +=
      typeof part === 'string'
        ? joined.write(part, at, 'latin1')
        : part.buffer.shared().copy(joined, at, part.from, part.to);
  }
  return joined;
}

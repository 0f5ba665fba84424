// Composes the output of one receiver that cannot use an audience's shared bytes: it has sent something itself, has
// lines of its own, is in several audiences, or has joined in the middle. Keeps the order in which lines were
// delivered.

import type { AudienceBuffer, DirectPiece, Receiver } from './receiver.ts';

/** Bytes of a buffer's block, from `from` up to `to`. */
interface Slice {
  readonly buffer: AudienceBuffer;
  readonly from: number;
  to: number;
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
  readonly buffer: AudienceBuffer;
  readonly #receiver: Receiver;
  #at = -1;
  #from = 0;
  #to: number;

  constructor(buffer: AudienceBuffer, receiver: Receiver) {
    this.buffer = buffer;
    this.#receiver = receiver;
    this.#to = buffer.start;
    this.advance();
  }

  /** The turn of the current line; Infinity after the last. */
  get turn(): number {
    return this.buffer.lines[this.#at]?.turn ?? Infinity;
  }

  /** Goes to the next line that the receiver gets. */
  advance(): void {
    for (;;) {
      const line = this.buffer.lines[++this.#at];
      if (line === undefined) return;
      this.#from = this.#to;
      this.#to = line.end;
      if (line.except !== this.#receiver.id && line.turn > this.#receiver.heardUpTo) return;
    }
  }

  /** Appends the current line to `parts`. */
  appendTo(parts: Part[]): void {
    const last = parts.at(-1);
    if (typeof last === 'object' && last.buffer === this.buffer && last.to === this.#from) {
      last.to = this.#to;
    } else {
      parts.push({ buffer: this.buffer, from: this.#from, to: this.#to });
    }
  }
}

/** Appends the lines up to `turn` to `parts`, oldest first over all buffers. */
function takeLines(parts: Part[], cursors: readonly Cursor[], turn: number): void {
  for (;;) {
    let next: Cursor | undefined;
    for (const cursor of cursors) {
      if (cursor.turn < (next?.turn ?? Infinity)) next = cursor;
    }
    if (next === undefined || next.turn > turn) return;
    next.appendTo(parts);
    next.advance();
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
        : part.buffer.block.copy(joined, at, part.from, part.to);
  }
  return joined;
}

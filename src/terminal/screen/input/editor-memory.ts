// The editor's undo steps and deleted pieces. Each step holds the whole text, so a key held down in a long one would
// fill the memory: the oldest are dropped when there are many, or when they are large.

import type { Written } from './editor-rows.ts';

const maxPieces = 1_000;
/** In UTF-16 units, over all of them. The newest one always stays. */
const maxUnits = 8_000_000;

class Bounded<T> {
  readonly #unitsOf: (piece: T) => number;
  readonly #pieces: T[] = [];
  #units = 0;

  constructor(unitsOf: (piece: T) => number) {
    this.#unitsOf = unitsOf;
  }

  get length(): number {
    return this.#pieces.length;
  }

  get last(): T | undefined {
    return this.#pieces.at(-1);
  }

  add(piece: T): void {
    this.#pieces.push(piece);
    this.#units += this.#unitsOf(piece);
    while (this.length > 1 && (this.length > maxPieces || this.#units > maxUnits)) {
      this.takeFirst();
    }
  }

  addFirst(piece: T): void {
    this.#pieces.unshift(piece);
    this.#units += this.#unitsOf(piece);
  }

  take(): T | undefined {
    return this.#taken(this.#pieces.pop());
  }

  takeFirst(): T | undefined {
    return this.#taken(this.#pieces.shift());
  }

  #taken(piece: T | undefined): T | undefined {
    if (piece !== undefined) this.#units -= this.#unitsOf(piece);
    return piece;
  }
}

/** The steps of undo, newest last. */
export class UndoSteps {
  #steps = new Bounded<Written>(({ lines }) =>
    lines.reduce((sum, line) => sum + line.length, lines.length),
  );

  get length(): number {
    return this.#steps.length;
  }

  push({ lines, cursorLine, cursorCol }: Written): void {
    this.#steps.add({ lines: [...lines], cursorLine, cursorCol });
  }

  pop(): Written | undefined {
    return this.#steps.take();
  }

  clear(): void {
    while (this.length > 0) this.#steps.take();
  }
}

/** Deleted pieces, newest last. Deletions without a pause are one piece. */
export class KilledTexts {
  readonly #texts = new Bounded<string>((text) => text.length);

  get length(): number {
    return this.#texts.length;
  }

  push(
    text: string,
    { prepend, accumulate }: { readonly prepend: boolean; readonly accumulate: boolean },
  ): void {
    if (text === '') return;
    const before = accumulate ? (this.#texts.take() ?? '') : '';
    this.#texts.add(prepend ? text + before : before + text);
  }

  peek(): string | undefined {
    return this.#texts.last;
  }

  /** Moves the newest to the other end. */
  rotate(): void {
    const last = this.length > 1 ? this.#texts.take() : undefined;
    if (last !== undefined) this.#texts.addFirst(last);
  }
}

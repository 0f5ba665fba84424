// What is being typed in one conversation: the editor with its history, and whether its first character was pasted (then
// it is no command). Each conversation has its own, so that switching loses nothing.

import { borderMark, createEditor, getSegmenter, type Editor } from './toolkit.ts';
import { complete, type Known } from './completion.ts';
import { widthOf } from './text.ts';

const maxHistory = 100;
const backspace = '\u007F';
/** The editor draws its own cursor, in reverse. */
const cursorStart = '\u001B[7m';
const cursorEnd = '\u001B[0m';
// Zero-width, from the editor: here stands the cursor.
const cursorMarker = '\u001B_pi:c\u0007';

export interface DrawnDraft {
  readonly rows: readonly string[];
  /** Row and column of the cursor in them. */
  readonly cursor: { readonly row: number; readonly column: number };
}

interface Cycle {
  readonly candidates: readonly string[];
  index: number;
  /** What stands before the cursor since the last step: another key ends the cycle. */
  inserted: string;
}

export class Draft {
  readonly #rows: () => number;
  #editor: Editor;
  readonly #history: string[] = [];
  #wasPasted = false;
  #cycle: Cycle | undefined;

  constructor(rows: () => number) {
    this.#rows = rows;
    this.#editor = createEditor(rows);
  }

  get text(): string {
    return this.#editor.getExpandedText();
  }

  get isEmpty(): boolean {
    return this.text === '';
  }

  /** Whether its first character was pasted and not typed. */
  get wasPasted(): boolean {
    return this.#wasPasted;
  }

  /** What Tab goes through, and which of it stands there. */
  get choices(): { readonly candidates: readonly string[]; readonly index: number } | undefined {
    return this.#cycle !== undefined && this.#cycle.candidates.length > 1 ? this.#cycle : undefined;
  }

  /** A key for the editor. */
  key(raw: string): void {
    this.#cycle = undefined;
    this.#editor.handleInput(raw);
    if (!/^\s*[/@*q]/.test(this.text)) this.#wasPasted = false;
  }

  /** Text that came as one: no key in it is a key. */
  insert(text: string): void {
    this.#cycle = undefined;
    const { line, col } = this.#editor.getCursor();
    if (line === 0 && col === 0) this.#wasPasted = true;
    this.#editor.insertTextAtCursor(text);
  }

  /** Puts `text`, which came as one, in place of what is there. */
  insertInstead(text: string): void {
    this.set('');
    this.insert(text);
  }

  set(text: string): void {
    this.#cycle = undefined;
    this.#editor.setText(text);
  }

  /** Empties it, and remembers what was sent. */
  sent(text: string): void {
    if (this.#history[0] !== text) this.#history.unshift(text);
    this.#history.splice(maxHistory);
    this.#renew();
  }

  /** Empties it; Ctrl-Y brings the text back. */
  clear(): void {
    this.#cycle = undefined;
    this.#wasPasted = false;
    const lines = this.#editor.getLines().length;
    for (let line = 0; line < lines; line++) {
      for (const key of ['\u0005', '\u0015', backspace]) this.#editor.handleInput(key);
    }
    if (!this.isEmpty) this.#editor.setText('');
  }

  /** Puts the next of what the word before the cursor can become in its place. */
  complete(known: Known, step: 1 | -1): void {
    if (this.#cycle === undefined) {
      const { word, candidates } = complete(this.#beforeCursor(), known);
      if (candidates.length === 0) return;
      this.#cycle = { candidates, index: step === 1 ? -1 : 0, inserted: word };
    }
    const cycle = this.#cycle;
    const { candidates, inserted } = cycle;
    cycle.index = (cycle.index + step + candidates.length) % candidates.length;
    const chosen = candidates[cycle.index] ?? '';
    for (const _ of getSegmenter().segment(inserted)) this.#editor.handleInput(backspace);
    this.#editor.insertTextAtCursor(chosen);
    cycle.inserted = chosen;
  }

  /** The rows of it in `width` columns. */
  draw(width: number): DrawnDraft {
    const drawn = this.#editor.render(Math.max(2, width));
    const rows = drawn.filter((row) => !row.startsWith(borderMark));
    const row = Math.max(
      0,
      rows.findIndex((text) => text.includes(cursorMarker)),
    );
    const before = (rows[row] ?? '').split(cursorMarker)[0] ?? '';
    return {
      rows: rows.map((text) =>
        text.replace(cursorMarker, '').replace(cursorStart, '').replace(cursorEnd, ''),
      ),
      cursor: { row, column: widthOf(before) },
    };
  }

  #beforeCursor(): string {
    const { line, col } = this.#editor.getCursor();
    return (this.#editor.getLines()[line] ?? '').slice(0, col);
  }

  /** A new editor, so that undo does not go back beyond what was sent, and nothing of it stays in memory. */
  #renew(): void {
    this.#cycle = undefined;
    this.#wasPasted = false;
    this.#editor = createEditor(this.#rows);
    for (const text of [...this.#history].reverse()) this.#editor.addToHistory(text);
  }
}

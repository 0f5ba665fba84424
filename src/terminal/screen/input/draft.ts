// The draft of one conversation: the editor with its history, and whether its first character was pasted (then it is
// not a command). Each conversation has its own, so switching loses nothing. Does not know which key does what.

import type { SavedDraft } from '../../../client/draft-writer.ts';
import { graphemesOf } from '../../../lib/graphemes.ts';
import { borderMark, createEditor, editorCodes, killAll, type Editor } from '../toolkit.ts';
import { complete, type CompletionSources } from '../../../client/commands/completion.ts';
import type { EditorAction } from './key-table.ts';
import { take, widthOf } from '../draw/text.ts';

const maxHistory = 100;
const comesBack: ReadonlySet<EditorAction> = new Set(['yank', 'yank-earlier', 'undo']);
/** The editor draws its own cursor, in reverse. */
const cursorStart = '\u001B[7m';
const cursorEnd = '\u001B[0m';
// A zero-width mark from the editor: the position of the cursor.
const cursorMarker = '\u001B_pi:c\u0007';

export interface DrawnDraft {
  readonly rows: readonly string[];
  /** Row and column of the cursor in them. */
  readonly cursor: { readonly row: number; readonly column: number };
}

interface Cycle {
  readonly candidates: readonly string[];
  /** The typed word. */
  readonly word: string;
  index: number;
  /** The current candidate before the cursor. Another key ends the cycle. */
  inserted: string;
}

export class Draft {
  readonly #rows: () => number;
  #editor: Editor;
  readonly #history: string[] = [];
  #wasPasted = false;
  /** Whether text that was pasted at the beginning can return, by undo or from deleted text. */
  #canComeBack = false;
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

  /** The line with the cursor. */
  get line(): string {
    return this.#editor.getLines()[this.#editor.getCursor().line] ?? '';
  }

  /** The part of that line before the cursor. */
  get beforeCursor(): string {
    return this.line.slice(0, this.#editor.getCursor().col);
  }

  /** Whether its first character was pasted, not typed. */
  get wasPasted(): boolean {
    return this.#wasPasted;
  }

  /** The candidates of Tab, and the current one. */
  get choices(): { readonly candidates: readonly string[]; readonly index: number } | undefined {
    return this.#cycle !== undefined && this.#cycle.candidates.length > 1 ? this.#cycle : undefined;
  }

  /** Messages sent here before, newest first. */
  get history(): readonly string[] {
    return this.#history;
  }

  /** Inserts a typed character. */
  type(character: string): void {
    this.#cycle = undefined;
    this.#editor.handleInput(character);
    this.#look();
  }

  /** Runs a key of the editor. */
  edit(action: EditorAction): void {
    this.#cycle = undefined;
    if (action === 'transpose') this.#transpose();
    else this.#editor.handleInput(editorCodes[action]);
    if (this.#canComeBack && comesBack.has(action)) this.#wasPasted = true;
    this.#look();
  }

  /** Inserts text that arrived as a whole: nothing in it is a key. */
  insert(text: string): void {
    this.#cycle = undefined;
    const { line, col } = this.#editor.getCursor();
    if (line === 0 && col === 0) {
      this.#wasPasted = true;
      this.#canComeBack = true;
    }
    this.#editor.insertTextAtCursor(text);
  }

  /** Replaces the input with `text`, as one insert. */
  insertInstead(text: string): void {
    this.set('');
    this.insert(text);
  }

  set(text: string): void {
    this.#cycle = undefined;
    this.#editor.setText(text);
  }

  /** Restores the draft from the last end of the program. */
  restore({ text, wasPasted }: SavedDraft): void {
    this.set(text);
    this.#wasPasted = wasPasted;
    this.#canComeBack = wasPasted;
  }

  /** Empties it, and adds the sent text to the history. */
  sent(text: string): void {
    if (this.#history[0] !== text) this.#history.unshift(text);
    this.#history.splice(maxHistory);
    this.#renew();
  }

  /** Empties it. `yank` restores all of it. */
  clear(): void {
    this.#cycle = undefined;
    this.#wasPasted = false;
    killAll(this.#editor);
  }

  /** Replaces the word before the cursor with the next candidate. */
  complete(known: CompletionSources, step: 1 | -1): void {
    if (this.#cycle === undefined) {
      const { word, candidates } = complete(this.beforeCursor, known);
      if (candidates.length === 0) return;
      this.#cycle = { candidates, word, index: step === 1 ? -1 : 0, inserted: word };
    }
    const cycle = this.#cycle;
    const { candidates } = cycle;
    cycle.index = (cycle.index + step + candidates.length) % candidates.length;
    this.#exchange(cycle, candidates[cycle.index] ?? '');
  }

  /** Restores the typed word. */
  uncomplete(): void {
    if (this.#cycle !== undefined) this.#exchange(this.#cycle, this.#cycle.word);
    this.#cycle = undefined;
  }

  #exchange(cycle: Cycle, text: string): void {
    for (const _ of graphemesOf(cycle.inserted)) this.#erase();
    this.#editor.insertTextAtCursor(text);
    cycle.inserted = text;
  }

  /** The rows of the draft in `width` columns. */
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
        take(text.replace(cursorMarker, '').replace(cursorStart, '').replace(cursorEnd, ''), width),
      ),
      cursor: { row, column: Math.max(0, Math.min(width - 1, widthOf(before))) },
    };
  }

  /** If the text no longer begins like a command, nothing pasted can be one. */
  #look(): void {
    if (!/^\s*[/@*q]/.test(this.text)) this.#wasPasted = false;
  }

  /** Exchanges the characters before and after the cursor; at the end of a line, the two before it. */
  #transpose(): void {
    const { line, col } = this.#editor.getCursor();
    const text = this.#editor.getLines()[line] ?? '';
    const characters = graphemesOf(text);
    const at = characters.findIndex(({ index }) => index >= col);
    const second = at < 0 ? characters.length - 1 : at;
    const [before, behind] = [characters[second - 1], characters[second]];
    if (before === undefined || behind === undefined) return;
    if (at >= 0) this.#editor.handleInput(editorCodes.right);
    this.#erase();
    this.#erase();
    this.#editor.insertTextAtCursor(behind.segment + before.segment);
  }

  #erase(): void {
    this.#editor.handleInput(editorCodes['delete-back']);
  }

  /** A new editor, so that undo does not go back before the sent text, and nothing of it stays in memory. */
  #renew(): void {
    this.#cycle = undefined;
    this.#wasPasted = false;
    this.#canComeBack = false;
    this.#editor = createEditor(this.#rows);
    for (const text of [...this.#history].reverse()) this.#editor.addToHistory(text);
  }
}

// Writes rows to the terminal: only those that have changed, in one write. Every row is addressed absolutely and
// cleared before it is drawn, and lines never wrap (terminal-owner.ts turns that off): if the terminal draws a
// character wider or narrower than computed, only that row is off by a column.

/** Where the cursor is shown, from 0. Undefined: it is hidden. */
export type Cursor = { readonly row: number; readonly column: number } | undefined;

const beginSync = '\u001B[?2026h';
const endSync = '\u001B[?2026l';
const hideCursor = '\u001B[?25l';
const showCursor = '\u001B[?25h';

export class Painter {
  readonly #write: (text: string) => void;
  #drawn: readonly string[] = [];
  #cursor = '';

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** The screen has other content now: the next paint draws everything. */
  forget(): void {
    this.#drawn = [];
    this.#cursor = '';
  }

  /** Makes the screen show `rows`, one for each row of it. */
  paint(rows: readonly string[], cursor: Cursor): void {
    const isFirst = this.#drawn.length !== rows.length;
    let changes = isFirst ? '\u001B[0m\u001B[2J' : '';
    rows.forEach((row, index) => {
      if (!isFirst && this.#drawn[index] === row) return;
      changes += `\u001B[${index + 1};1H\u001B[0m\u001B[2K${row}\u001B[0m`;
    });
    const place =
      cursor === undefined
        ? hideCursor
        : `\u001B[${cursor.row + 1};${cursor.column + 1}H${showCursor}`;
    if (changes === '' && place === this.#cursor) return;
    this.#drawn = rows;
    this.#cursor = place;
    this.#write(changes === '' ? place : `${beginSync}${hideCursor}${changes}${place}${endSync}`);
  }
}

/** Goes to a column (from 0) of the row that is being drawn. */
export function toColumn(column: number): string {
  return `\u001B[${column + 1}G`;
}

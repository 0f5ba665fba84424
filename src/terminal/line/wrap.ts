// Breaks printed text into rows. A terminal itself breaks it anywhere and begins the next row in the first column,
// where a text could look like a line of somebody else. So every row but the first is indented.

import { take, widestCells } from '../columns.ts';
import { wrap } from '../rows.ts';

/** Before every row but the first. */
const indent = '  ';
/** On fewer columns one space must be enough. */
const narrow = 8;

/**
 * `text` in rows on a terminal of `columns`, of which `lead` are taken in the first row. Rows end at spaces, and within
 * a word only if the word alone is too long. The last column stays free: some terminals go to the next row as soon as
 * it is written.
 */
export function hang(text: string, columns: number, lead: number): string {
  if (!Number.isFinite(columns) || columns < 1) return text;
  const before = columns < narrow ? indent.slice(1) : indent;
  const room = columns - 1;
  // If the lead fills the row, the text begins below it.
  const isBelow = lead > 0 && room - lead < Math.min(narrow, room - before.length);
  const first = isBelow ? room - before.length : room - lead;
  const rows = wrap(text, first, room - before.length, Infinity, widestCells);
  const written = rows.map(({ start, end }) => text.slice(start, end)).join(`\n${before}`);
  return isBelow ? `\n${before}${written}` : written;
}

/** The beginning of `text` that certainly fits in one row of a terminal of `columns`. */
export function oneRow(text: string, columns: number): string {
  let end = 0;
  let width = 0;
  for (const cell of widestCells(take(text, columns - 1))) {
    width += cell.width;
    if (width >= columns) break;
    end = cell.end;
  }
  return text.slice(0, end);
}

/** The width of the terminal behind a stream; Infinity if there is none, or it does not say. */
export function columnsOf(stream: { readonly isTTY?: boolean; readonly columns?: number }): number {
  const { isTTY = false, columns = 0 } = stream;
  return isTTY && columns > 0 ? columns : Infinity;
}

/**
 * Words of our own in rows of at most `columns` characters, later ones indented by `before`. A word is never broken, so
 * that a command or an address can be copied. Spaces within a row stay as they are.
 */
export function wrapWords(text: string, columns: number, before: string): string {
  const rows: string[] = [];
  let row = '';
  let length = 0;
  for (const piece of text.trimEnd().split(/(?<=[^ ])(?= )/)) {
    const trimmed = piece.trimStart();
    if (length + piece.length > columns && row.trim() !== '') {
      rows.push(row);
      row = before + trimmed;
      length = row.length;
    } else {
      row += piece;
      length += piece.length;
    }
  }
  return [...rows, row].join('\n');
}

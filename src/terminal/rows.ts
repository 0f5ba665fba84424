// Text broken into rows of so many columns. Like columns.ts, it takes text that is already harmless, and its cost is
// linear in the text, or in the rows that were requested.

import { clusterCells, type Cells } from './columns.ts';

const printableAscii = /^[ -~]*$/;

/** A piece of a text: from `start` up to `end`. */
export interface TextSlice {
  readonly start: number;
  readonly end: number;
}

/**
 * Breaks `text` into rows: at spaces, which vanish there, and within a word only where the word alone is too wide.
 * The first row has `first` columns, the others `rest`. No more than `maxRows` are made: the last piece then ends
 * before the text does.
 */
export function wrap(
  text: string,
  first: number,
  rest: number,
  maxRows = Infinity,
  cells: Cells = clusterCells,
): TextSlice[] {
  if (text.length <= first && printableAscii.test(text)) return [{ start: 0, end: text.length }];
  const rows: TextSlice[] = [];
  let room = Math.max(1, first);
  let start = 0;
  let end = 0;
  let width = 0;
  const breakRow = (next: number): void => {
    rows.push({ start, end });
    start = next;
    end = next;
    width = 0;
    room = Math.max(1, rest);
  };
  for (let at = 0; at < text.length && rows.length < maxRows;) {
    const isSpace = text.charAt(at) === ' ';
    const next = isSpace ? spacesEnd(text, at) : wordEnd(text, at);
    if (isSpace) {
      // Spaces at the end of a row may hang over; they are not drawn.
      width += next - at;
      if (rows.length === 0 && at === 0) end = Math.min(next, room);
      at = next;
      continue;
    }
    // A long word is measured only as far as it may fit.
    const most = Math.max(room, rest);
    const word = text.slice(at, Math.min(next, at + most * maxUnitsPerColumn));
    const wordWidth = word.length < next - at ? Infinity : widthIn(word, most, cells);
    if (width + wordWidth > room && end > start) breakRow(at);
    if (wordWidth <= room) {
      width += wordWidth;
      end = next;
    } else {
      for (const cell of cells(text.slice(at, next))) {
        const isLong = at + cell.end - start > room * maxUnitsPerColumn;
        if ((width + cell.width > room || isLong) && end > start) breakRow(at + cell.start);
        if (rows.length >= maxRows) break;
        width += cell.width;
        end = at + cell.end;
      }
    }
    at = next;
  }
  if (rows.length < maxRows) rows.push({ start, end });
  return rows;
}

/** A row holds no more than this for each column, however little of it is seen: marks over marks take no room. */
const maxUnitsPerColumn = 64;

/** The columns that `text` takes; of one that takes more than `limit`, something above it. */
function widthIn(text: string, limit: number, cells: Cells): number {
  if (printableAscii.test(text)) return text.length;
  let width = 0;
  for (const cell of cells(text)) {
    width += cell.width;
    if (width > limit) break;
  }
  return width;
}

function spacesEnd(text: string, from: number): number {
  let end = from;
  while (text.charAt(end) === ' ') end += 1;
  return end;
}

function wordEnd(text: string, from: number): number {
  const end = text.indexOf(' ', from);
  return end < 0 ? text.length : end;
}

// Text broken into rows of a given width. Like columns.ts, its input must already be harmless, and its cost is linear
// in the text, or in the rows that were requested.

import { clusterCells, type Cells } from './columns.ts';

const printableAscii = /^[ -~]*$/;

/** A piece of a text: from `start` up to `end`. */
export interface TextSlice {
  readonly start: number;
  readonly end: number;
}

/**
 * Breaks `text` into rows: at line ends; at spaces, which are dropped there, but not at the beginning of a line; and
 * within a word only if the word alone is too wide. The first row has `first` columns, the others `rest`. With `maxRows`, the last piece may end before the text does.
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
  let lineStart = 0;
  const breakRow = (next: number): void => {
    rows.push({ start, end });
    start = next;
    end = next;
    width = 0;
    room = Math.max(1, rest);
  };
  for (let at = 0; at < text.length && rows.length < maxRows;) {
    if (text.charAt(at) === '\n') {
      at += 1;
      breakRow(at);
      lineStart = at;
      continue;
    }
    const isSpace = text.charAt(at) === ' ';
    const next = isSpace ? spacesEnd(text, at) : wordEnd(text, at);
    if (isSpace) {
      // Spaces at the end of a row may exceed it. They are not drawn.
      width += next - at;
      if (at === lineStart) end = Math.min(next, at + room);
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

/** The most text of a row, for each column: marks upon marks take no columns. */
const maxUnitsPerColumn = 64;

/** The columns of `text`. If they are more than `limit`, any number above it. */
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
  let end = from;
  while (end < text.length && text.charAt(end) !== ' ' && text.charAt(end) !== '\n') end += 1;
  return end;
}

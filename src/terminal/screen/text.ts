// Text in columns: how wide it is, cut, filled up, and broken into rows. Takes text that was made harmless before
// (sanitize.ts): what it gives back is safe to draw. Characters are grapheme clusters; a wide one is never cut in half.

import { getSegmenter, visibleWidth } from './toolkit.ts';

/** The columns that `text` takes. */
export const widthOf = visibleWidth;

const printableAscii = /^[ -~]*$/;

/** `text` in at most `columns`; what is cut off is replaced by an ellipsis. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (widthOf(text) <= columns) return text;
  return `${take(text, columns - 1)}…`;
}

/** `text` in exactly `columns`. */
export function pad(text: string, columns: number): string {
  const fitted = fit(text, columns);
  return fitted + ' '.repeat(Math.max(0, columns - widthOf(fitted)));
}

/** The beginning of `text` that takes at most `columns`. */
export function take(text: string, columns: number): string {
  if (printableAscii.test(text)) return text.slice(0, Math.max(0, columns));
  let taken = '';
  let width = 0;
  for (const { segment } of getSegmenter().segment(text)) {
    width += widthOf(segment);
    if (width > columns) break;
    taken += segment;
  }
  return taken;
}

/** A piece of a text: from `start` up to `end`. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/**
 * Breaks `text` into rows: at spaces, which vanish there, and within a word only where the word alone is too wide.
 * The first row has `first` columns, the others `rest`.
 */
export function wrap(text: string, first: number, rest: number): readonly Piece[] {
  if (text.length <= first && printableAscii.test(text)) return [{ start: 0, end: text.length }];
  const rows: Piece[] = [];
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
  for (const { 0: piece, index } of text.matchAll(/ +|[^ ]+/g)) {
    const pieceWidth = widthOf(piece);
    if (piece.startsWith(' ')) {
      // Spaces at the end of a row may hang over; they are not drawn.
      width += pieceWidth;
      if (rows.length === 0 && index === 0) end = piece.length;
      continue;
    }
    if (width + pieceWidth > room && end > start) breakRow(index);
    if (pieceWidth <= room) {
      width += pieceWidth;
      end = index + piece.length;
      continue;
    }
    for (const { segment, index: at } of getSegmenter().segment(piece)) {
      const segmentWidth = widthOf(segment);
      if (width + segmentWidth > room && end > start) breakRow(index + at);
      width += segmentWidth;
      end = index + at + segment.length;
    }
  }
  rows.push({ start, end });
  return rows;
}

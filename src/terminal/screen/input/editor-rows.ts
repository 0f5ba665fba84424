// The rows of the text in the editor: every character is in one of them, spaces too, so that the cursor can be there.
// An unchanged line is not broken again: a key costs the length of its own line.

import { graphemes } from '../../../lib/graphemes.ts';
import { clusterWidth, widthUpTo } from '../../columns.ts';
import type { TextSlice } from '../draw/text.ts';

/** The text, and the position of the cursor. The editor changes it in place. */
export interface Written {
  readonly lines: readonly string[];
  readonly cursorLine: number;
  readonly cursorCol: number;
}

export interface LayoutRow {
  readonly text: string;
  readonly hasCursor: boolean;
  readonly cursorPos?: number;
}

export interface MappedRow {
  readonly logicalLine: number;
  readonly startCol: number;
  readonly length: number;
}

export class EditorRows {
  readonly #written: Written;
  #columns = 0;
  #broken = new Map<string, readonly TextSlice[]>();

  constructor(written: Written) {
    this.#written = written;
  }

  /** The rows for drawing. */
  layout(columns: number): LayoutRow[] {
    const { cursorLine, cursorCol } = this.#written;
    const rows: LayoutRow[] = [];
    this.#each(columns, (line, index, pieces) => {
      pieces.forEach(({ start, end }, at) => {
        const text = line.slice(start, end);
        const isLast = at === pieces.length - 1;
        const hasCursor = index === cursorLine && cursorCol >= start && (isLast || cursorCol < end);
        rows.push(
          hasCursor
            ? { text, hasCursor, cursorPos: Math.min(cursorCol - start, text.length) }
            : { text, hasCursor },
        );
      });
    });
    return rows;
  }

  /** The start and the length of each row. */
  map(columns: number): MappedRow[] {
    const rows: MappedRow[] = [];
    this.#each(columns, (_, logicalLine, pieces) => {
      for (const { start, end } of pieces) {
        rows.push({ logicalLine, startCol: start, length: end - start });
      }
    });
    return rows;
  }

  #each(
    columns: number,
    take: (line: string, index: number, pieces: readonly TextSlice[]) => void,
  ): void {
    const before =
      columns === this.#columns ? this.#broken : new Map<string, readonly TextSlice[]>();
    this.#columns = columns;
    this.#broken = new Map();
    this.#written.lines.forEach((line, index) => {
      const pieces = this.#broken.get(line) ?? before.get(line) ?? breakLine(line, columns);
      this.#broken.set(line, pieces);
      take(line, index, pieces);
    });
  }
}

/** `line` in rows of at most `columns`, broken after spaces if a word fits. Each row begins where the last one ends. */
export function breakLine(line: string, columns: number): readonly TextSlice[] {
  if (widthUpTo(line, columns) <= columns) return [{ start: 0, end: line.length }];
  const rows: TextSlice[] = [];
  let start = 0;
  let width = 0;
  // Where the last word of the row begins, and how wide the row is before it.
  let word = 0;
  let beforeWord = 0;
  let wasSpace = false;
  for (const { segment, index } of graphemes(line)) {
    const own = clusterWidth(segment);
    const isSpace = segment === ' ';
    if (wasSpace && !isSpace) {
      word = index;
      beforeWord = width;
    }
    if (width + own > columns && index > start) {
      const canMove = word > start && width - beforeWord + own <= columns;
      const next = canMove ? word : index;
      rows.push({ start, end: next });
      start = next;
      width = canMove ? width - beforeWord : 0;
      word = start;
      beforeWord = 0;
    }
    width += own;
    wasSpace = isSpace;
  }
  rows.push({ start, end: line.length });
  return rows;
}

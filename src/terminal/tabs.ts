// Tabs in pasted text: a line of chat has none, so they become the spaces up to their column.

import { widthOf } from './columns.ts';

/** As terminals use. */
const tabColumns = 8;

/** `line` with blanks instead of its tabs. It begins at column `from`. */
export function expandTabs(line: string, from = 0): string {
  if (!line.includes('\t')) return line;
  let column = from;
  const parts = line.split('\t').map((part, index, all) => {
    column += widthOf(part);
    if (index === all.length - 1) return part;
    const blanks = tabColumns - (column % tabColumns);
    column += blanks;
    return part + ' '.repeat(blanks);
  });
  return parts.join('');
}

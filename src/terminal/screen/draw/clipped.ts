// The last guard before a narrow screen: cuts a drawn row to the available columns. The code that makes the row has
// already shortened it with an ellipsis (columns.ts), so normally nothing is cut here.

import { graphemes } from '../../../lib/graphemes.ts';
import { clusterWidth } from '../../columns.ts';

// Colours, and the beginnings and ends of links.
// oxlint-disable-next-line no-control-regex -- what this program itself draws with
const codes = /(\u001B\[[\d;]*m|\u001B\]8;[^\u001B]*\u001B\\)/;

/** `row` in at most `columns`. Its colours and links end as they would otherwise. */
export function clipped(row: string, columns: number): string {
  let left = columns;
  let text = '';
  row.split(codes).forEach((part, index) => {
    if (index % 2 === 1) {
      text += part;
      return;
    }
    for (const { segment } of graphemes(part)) {
      left -= clusterWidth(segment);
      if (left < 0) return;
      text += segment;
    }
  });
  return text;
}

// What later messages have added to a message, as rows: what it answers, and the reactions to it. One row for the one,
// two at most for the others, whatever anybody sends.

import type { ItemReaction, ItemReply } from '../../../client/timeline/model.ts';
import { answersNothingHere } from '../../../client/wording/amended-words.ts';
import { harmless } from '../../../client/wording/sanitize.ts';
import { fit, widthOf } from './text.ts';
import type { Theme } from './theme.ts';

interface Style {
  readonly width: number;
  readonly theme: Theme;
}

const maxReactionRows = 2;

/** What a message answers, in `columns`. */
export function replyRow({ from, text }: ItemReply, columns: number, { theme }: Style): string {
  const words =
    from === undefined ? `↱ ${text === '' ? answersNothingHere : text}` : `↱ ${from}: ${text}`;
  return theme.paint('dim', fit(words, columns));
}

/** The reactions, the own ones with a sign; what has no room is counted. */
export function reactionRows(
  reactions: readonly ItemReaction[],
  indent: number,
  { width, theme }: Style,
): readonly string[] {
  const room = width - indent - 1;
  const rows: string[] = [];
  let row = '';
  let columns = 0;
  for (const [index, { emoji, count, mine }] of reactions.entries()) {
    const words = `${harmless(emoji)} ${count}${mine ? ' (you)' : ''}`;
    const more = `+${reactions.length - index}`;
    const wide = widthOf(words) + (columns === 0 ? 0 : 2);
    const isLast = index === reactions.length - 1;
    const rest = rows.length === maxReactionRows - 1 && !isLast ? more.length + 2 : 0;
    if (columns > 0 && columns + wide + rest > room) {
      if (rows.length === maxReactionRows - 1) {
        row += theme.paint('dim', `  ${more}`);
        break;
      }
      rows.push(row);
      row = '';
      columns = 0;
    }
    row += `${columns === 0 ? '' : '  '}${theme.paint(mine ? 'own' : 'dim', fit(words, Math.max(1, room - columns)))}`;
    columns += columns === 0 ? widthOf(words) : wide;
  }
  if (row !== '') rows.push(row);
  return rows.map((one) => `${' '.repeat(indent)}${one}`);
}

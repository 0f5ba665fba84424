// The window over a conversation: which of its rows are on the screen, and how it moves. Only the shown rows and those
// that a move passes are made: the cost does not depend on the length of the conversation. Pure.

import { dayOf, formatDay } from '../../../client/wording/moment-words.ts';
import { chosenRows, entryRows, isCut, rule, type RowStyle } from './item-rows.ts';
import type { TimelineItems, TimelineItem } from '../../../client/timeline/model.ts';

/** The lowest row: the end of the conversation, whatever that is, or a row of an item. */
export type Position = 'end' | { readonly key: number; readonly row: number };

export interface Window {
  readonly entries: TimelineItems;
  readonly style: RowStyle;
  readonly height: number;
  /** The unread rule is before this item. */
  readonly unreadKey: number | undefined;
  /** The item that the person has chosen. */
  readonly chosen?: number | undefined;
}

export interface Shown {
  /** From the top. Fewer than the height if the conversation is shorter. */
  readonly rows: readonly string[];
  /** How many entries are below the window. */
  readonly below: number;
  /** Whether the first item is in it. */
  readonly isTop: boolean;
  /** The lowest item in it that is longer than its rows show. */
  readonly cut: TimelineItem | undefined;
}

/** The rows in the window at `position`. */
export function showWindow(window: Window, position: Position): Shown {
  const { entries, height } = window;
  const [bottom, bottomRow] = locate(window, position);
  const rows: string[] = [];
  let index = bottom;
  let cut: TimelineItem | undefined;
  for (; index >= 0 && rows.length < height; index--) {
    const entry = entries.at(index);
    if (cut === undefined && entry !== undefined && isCut(entry, window.style)) cut = entry;
    const block = blockRows(window, index);
    const last = index === bottom ? bottomRow : block.length - 1;
    for (let row = last; row >= 0 && rows.length < height; row--) rows.push(block[row] ?? '');
  }
  return {
    rows: rows.reverse(),
    below: Math.max(0, entries.length - 1 - bottom),
    isTop: index < 0,
    cut,
  };
}

/** `position` moved by this many rows. Negative is up. */
export function moveBy(window: Window, position: Position, delta: number): Position {
  const { entries, height } = window;
  if (entries.length === 0) return 'end';
  const end = lowest(window);
  let [index, row] = locate(window, position);
  if (delta < 0) {
    row += delta;
    while (row < 0 && index > 0) {
      index -= 1;
      row += blockRows(window, index).length;
    }
    // Not further than that the first row is at the top.
    const first = fromTop(window, height - 1);
    if (row < 0 || first === 'end' || isBefore(window, [index, row], first)) return first;
  } else {
    row += delta;
    for (let rows = blockRows(window, index).length; row >= rows;) {
      row -= rows;
      index += 1;
      if (index >= entries.length) return end;
      rows = blockRows(window, index).length;
    }
    if (index === entries.length - 1 && row === blockRows(window, index).length - 1) return end;
  }
  const key = entries.at(index)?.key;
  return key === undefined ? 'end' : { key, row };
}

/**
 * The lowest position. If more items can be loaded after the last one, the last item itself, so that nothing moves when
 * they are.
 */
function lowest(window: Window): Position {
  const { entries } = window;
  const last = entries.at(entries.length - 1);
  if (entries.isNewest || last === undefined) return 'end';
  return { key: last.key, row: blockRows(window, entries.length - 1).length - 1 };
}

/** The position that shows the item of `key` in the upper part of the window. */
export function positionAt(window: Window, key: number): Position {
  const index = window.entries.indexFrom(key);
  const entry = window.entries.at(index);
  if (entry === undefined) return 'end';
  return moveBy(window, { key: entry.key, row: 0 }, Math.max(0, window.height - 3));
}

/** The index of the item of the lowest row at `position`. */
export function lowestIndex(window: Window, position: Position): number {
  return locate(window, position)[0];
}

/** `position`, moved as far as is needed to show the item of `key`: its end, if it is longer than the window. */
export function withKey(window: Window, position: Position, key: number): Position {
  const { entries, height } = window;
  const index = entries.indexFrom(key);
  const rows = entries.at(index) === undefined ? 0 : blockRows(window, index).length;
  if (rows === 0) return position;
  const [bottom, bottomRow] = locate(window, position);
  const isBelow = index > bottom || (index === bottom && bottomRow < rows - 1);
  if (isBelow || rows > height) return moveBy(window, { key, row: 0 }, rows - 1);
  let shown = index === bottom ? bottomRow + 1 : rows;
  for (let between = index + 1; between <= bottom && shown <= height; between++) {
    shown += between === bottom ? bottomRow + 1 : blockRows(window, between).length;
  }
  return shown <= height ? position : moveBy(window, { key, row: 0 }, height - 1);
}

/** The position at the beginning of the conversation. */
export function topPosition(window: Window): Position {
  return fromTop(window, window.height - 1);
}

/** The row that is `row` rows below the first one, or the end if there are fewer. */
function fromTop(window: Window, row: number): Position {
  const { entries } = window;
  let left = row;
  for (let index = 0; index < entries.length; index++) {
    const rows = blockRows(window, index).length;
    if (left < rows) {
      const key = entries.at(index)?.key;
      return key === undefined ? 'end' : { key, row: left };
    }
    left -= rows;
  }
  return 'end';
}

function isBefore(
  { entries }: Window,
  [index, row]: readonly [number, number],
  position: Exclude<Position, 'end'>,
): boolean {
  const other = entries.indexFrom(position.key);
  return index < other || (index === other && row < position.row);
}

/** Index and row of a position. For an item that is gone, those of the next one. */
function locate(window: Window, position: Position): [index: number, row: number] {
  const { entries } = window;
  const last = entries.length - 1;
  const wanted = position === 'end' ? last : entries.indexFrom(position.key);
  const index = Math.min(wanted, last);
  const rows = index < 0 ? 0 : blockRows(window, index).length;
  const row = position === 'end' || wanted > last ? rows - 1 : Math.min(position.row, rows - 1);
  return [index, row];
}

/** The rows of an item with the rules before it. */
function blockRows(
  { entries, style, unreadKey, chosen }: Window,
  index: number,
): readonly string[] {
  const entry = entries.at(index);
  if (entry === undefined) return [];
  const plain = entryRows(entry, style);
  const rows = entry.key === chosen ? chosenRows(plain, style) : plain;
  const before = entries.at(index - 1);
  const isNewDay = before === undefined || dayOf(before.at) !== dayOf(entry.at);
  const isUnread = entry.key === unreadKey;
  if (!isNewDay && !isUnread) return rows;
  return [
    ...(isNewDay ? [rule(formatDay(entry.at), style, false)] : []),
    ...(isUnread ? [rule('unread', style, true)] : []),
    ...rows,
  ];
}

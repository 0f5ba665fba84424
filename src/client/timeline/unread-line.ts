// Where the unread line of a conversation belongs: before the first item that the person has not seen.

import { unreachable } from '../../lib/invariant.ts';
import type { TimelineItem, TimelineItems } from './model.ts';

/** The key of the first of the last `unread` items that count. Undefined if there is none. */
export function firstUnread(entries: TimelineItems, unread: number): number | undefined {
  let first: number | undefined;
  let left = unread;
  for (let index = entries.length - 1; index >= 0 && left > 0; index--) {
    const entry = entries.at(index);
    if (entry === undefined || !counts(entry)) continue;
    first = entry.key;
    left -= 1;
  }
  return first;
}

/** Whether an item counts as unread until it was seen. */
function counts(entry: TimelineItem): boolean {
  switch (entry.kind) {
    case 'message':
      return !entry.isOwn;
    case 'unreadable':
      return entry.from !== undefined && !entry.isOwn;
    case 'file':
      return entry.isOffer;
    case 'notice':
      return false;
    default:
      return unreachable(entry);
  }
}

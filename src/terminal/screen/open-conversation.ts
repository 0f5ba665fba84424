// The view of one conversation: the position of its window, the unread line, and its draft.

import { unreachable } from '../../lib/invariant.ts';
import { Draft } from './input/draft.ts';
import type { TimelineItems, TimelineItem } from '../../client/timeline/model.ts';
import type { Position } from './draw/scroll.ts';

export class OpenConversation {
  readonly draft: Draft;
  position: Position = 'end';
  /** The unread line is before this item, and stays there until the person has left the conversation. */
  unreadKey: number | undefined;
  /** It was opened, and its unread items are not marked yet. */
  isFresh = true;
  /** More items are being loaded. */
  isLoading = false;

  constructor(rows: () => number) {
    this.draft = new Draft(rows);
  }

  /** Puts the unread line before the first of the last `unread` items that count, unless there is a line already. */
  markUnread(entries: TimelineItems, unread: number): void {
    if (this.unreadKey !== undefined || unread === 0) return;
    let left = unread;
    for (let index = entries.length - 1; index >= 0; index--) {
      const entry = entries.at(index);
      if (entry === undefined || !counts(entry)) continue;
      this.unreadKey = entry.key;
      left -= 1;
      if (left === 0) return;
    }
  }
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

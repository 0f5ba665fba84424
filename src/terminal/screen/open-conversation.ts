// The view of one conversation: the position of its window, the unread line, and its draft.

import { Draft } from './input/draft.ts';
import type { TimelineItems } from '../../client/timeline/model.ts';
import { firstUnread } from '../../client/timeline/unread-line.ts';
import type { Position } from './draw/scroll.ts';

export class OpenConversation {
  readonly draft: Draft;
  position: Position = 'end';
  /** The unread line is before this item, and stays there until the person has left the conversation. */
  unreadKey: number | undefined;
  /** The message that the person has chosen, by its key: what is typed next may be about it. */
  chosen: number | undefined;
  /** The keys are for choosing, and not for the text. */
  isChoosing = false;
  /** It was opened, and its unread items are not marked yet. */
  isFresh = true;
  /** More items are being loaded. */
  isLoading = false;

  constructor(rows: () => number) {
    this.draft = new Draft(rows);
  }

  /** Puts the unread line before the first of the last `unread` items that count, unless there is a line already. */
  markUnread(entries: TimelineItems, unread: number): void {
    this.unreadKey ??= firstUnread(entries, unread);
  }
}

// Messages of others, and of this account from elsewhere: which conversation each belongs to, and how it is shown.

import type { ReceivedMessage } from '../client-event.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import type { WallClock } from '../ports.ts';
import { privateRemark } from '../wording/message-remark.ts';
import type { TimelinePeople } from './timeline-people.ts';
import type { ConversationBook, TimelineConversation } from './conversation-book.ts';
import type { DeviceHistory } from './device-history.ts';
import {
  endOf,
  namesReader,
  sentStates,
  shownContent,
  type TimelineReader,
} from './history-items.ts';
import type { NewMessageItem } from './model.ts';
import type { ConversationRouter } from './conversation-router.ts';

export interface RemoteMessagesOptions {
  readonly book: ConversationBook;
  readonly reader: TimelineReader;
  readonly now: WallClock;
  readonly timelinePeople: TimelinePeople;
  readonly router: ConversationRouter;
  readonly history: DeviceHistory;
  readonly show: (kept: TimelineConversation, said: NewMessageItem) => number;
}

const protections = { verified: 'verified', pinned: 'encrypted', changed: 'changed' } as const;

export class RemoteMessages {
  readonly #options: RemoteMessagesOptions;

  constructor(options: RemoteMessagesOptions) {
    this.#options = options;
  }

  apply(message: ReceivedMessage): void {
    const { book, reader, timelinePeople, router, history, show } = this.#options;
    const { from, filed } = message;
    const isOwn = from === reader.me;
    const kept = router.ofMessage(message);
    const standing = keyOf(message);
    if (standing !== undefined && !isOwn && message.place === 'private') {
      timelinePeople.protect(from, protections[standing]);
    }
    if (filed?.late !== true) timelinePeople.receive(from);
    const { messageIndex } = kept;
    if (messageIndex === undefined) {
      show(kept, this.#saidOf(message, kept));
      return;
    }
    // The client's count of unread messages is current now.
    router.named(messageIndex.name);
    // Mentions in messages that are not in memory yet are counted here.
    const isNew = !isOwn && filed?.seen !== true;
    const isCounted = !messageIndex.isLoaded && isNew && !book.hides(kept, from);
    if (isCounted && namesReader(message.content, reader)) kept.mentions += 1;
    history.whenLoaded(kept, () => {
      // A message that was unreadable before has its own position the next time. Now it comes at the end, after newer
      // ones, and its mark goes.
      if (filed?.again === true && filed.seq !== undefined) history.removeMark(kept, filed.seq);
      if (filed?.again === true || messageIndex.takes(filed?.seq)) {
        const key = show(kept, this.#saidOf(message, kept));
        if (filed?.state !== undefined) messageIndex.follow(undefined, key, filed.state, filed.seq);
      }
    });
  }

  #saidOf(message: ReceivedMessage, kept: TimelineConversation): NewMessageItem {
    const { reader, now } = this.#options;
    const { from, content, encrypted, filed } = message;
    const isOwn = from === reader.me;
    return {
      kind: 'message',
      at: filed?.at ?? now(),
      from,
      isOwn,
      ...(filed?.seen === true && { isSeen: true }),
      ...shownContent(content),
      ...endOf(content, now()),
      encrypted,
      standing: keyOf(message),
      seq: filed?.seq,
      remark: remarkOn(message, kept),
      namesMe: !isOwn && namesReader(content, reader),
      state: isOwn ? sentStates[filed?.state ?? 'stored'] : undefined,
    };
  }
}

function keyOf(message: ReceivedMessage): KeyStanding | undefined {
  return message.encrypted ? message.key : undefined;
}

/** What must stand beside a message that is not what it seems. */
function remarkOn(message: ReceivedMessage, kept: TimelineConversation): string | undefined {
  if (message.place === 'group' && kept.kind !== 'group') return 'in a group';
  return privateRemark(message.place === 'private', message.encrypted, keyOf(message));
}

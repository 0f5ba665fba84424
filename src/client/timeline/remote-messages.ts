// Messages of others, and of this account from elsewhere: which conversation each belongs to, and how it is shown.

import type { ReceivedMessage } from '../client-event.ts';
import type { WallClock } from '../ports.ts';
import { textOf } from '../content.ts';
import { contentWords } from '../wording/content-words.ts';
import { harmless } from '../wording/sanitize.ts';
import type { TimelinePeople } from './timeline-people.ts';
import type { TimelineConversation } from './conversation-book.ts';
import type { DeviceHistory } from './device-history.ts';
import type { NewMessageItem } from './model.ts';
import type { ConversationRouter } from './conversation-router.ts';

export interface RemoteMessagesOptions {
  readonly me: string;
  readonly now: WallClock;
  /** What names this person. */
  readonly mention: RegExp;
  readonly timelinePeople: TimelinePeople;
  readonly router: ConversationRouter;
  readonly history: DeviceHistory;
  readonly show: (kept: TimelineConversation, said: NewMessageItem) => void;
}

const protections = { verified: 'verified', pinned: 'encrypted', changed: 'changed' } as const;

export class RemoteMessages {
  readonly #options: RemoteMessagesOptions;

  constructor(options: RemoteMessagesOptions) {
    this.#options = options;
  }

  apply(message: ReceivedMessage): void {
    const { me, mention, timelinePeople, router, history, show } = this.#options;
    const { from, filed } = message;
    const isOwn = from === me;
    const kept = router.ofMessage(message);
    const standing = message.place === 'private' && message.encrypted ? message.key : undefined;
    if (standing !== undefined && !isOwn) timelinePeople.protect(from, protections[standing]);
    if (filed?.late !== true) timelinePeople.receive(from);
    const { messageIndex } = kept;
    if (messageIndex === undefined) {
      show(kept, this.#saidOf(message, kept));
      return;
    }
    // How much is unread is as the client has counted it by now.
    router.named(messageIndex.name);
    // Of what is not in memory yet, what names this person is counted here.
    if (!messageIndex.isLoaded && !isOwn && mention.test(textOf(message.content)))
      kept.mentions += 1;
    history.whenLoaded(kept, () => {
      // What could not be read stands in its place the next time; now it comes at the end, behind what was said since.
      if (filed?.again === true || messageIndex.takes(filed?.seq)) {
        show(kept, this.#saidOf(message, kept));
      }
    });
  }

  #saidOf(message: ReceivedMessage, kept: TimelineConversation): NewMessageItem {
    const { me, now, mention } = this.#options;
    const { from, content, encrypted, filed } = message;
    const isOwn = from === me;
    return {
      at: filed?.at ?? now(),
      from,
      isOwn,
      text: harmless(contentWords(content)),
      encrypted,
      standing: message.place === 'private' && message.encrypted ? message.key : undefined,
      seq: filed?.seq,
      remark: remarkOn(message, kept),
      namesMe: !isOwn && mention.test(textOf(content)),
      state: isOwn ? 'sent' : undefined,
    };
  }
}

/** What must stand beside a message that is not what it seems. */
function remarkOn(message: ReceivedMessage, kept: TimelineConversation): string | undefined {
  if (message.place === 'group' && kept.kind !== 'group') return 'in a group';
  if (message.place !== 'private') return undefined;
  if (!message.encrypted) return 'not encrypted';
  return message.key === 'changed' ? 'new key, not trusted' : undefined;
}

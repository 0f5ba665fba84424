// Local echo: this person's own messages, shown at once, and their state afterwards.

import type { OwnMessage } from '../client-event.ts';
import type { WallClock } from '../ports.ts';
import type { MessageContent } from '../content.ts';
import { harmless } from '../wording/sanitize.ts';
import type { TimelinePeople } from './timeline-people.ts';
import type { ConversationBook, TimelineConversation } from './conversation-book.ts';
import type { DeviceHistory } from './device-history.ts';
import { endOf, sentStates, shownContent } from './history-items.ts';
import type { NewMessageItem, SentState } from './model.ts';
import type { ConversationRouter } from './conversation-router.ts';
import { PendingEchoes, type PendingEcho } from './pending-echoes.ts';

export interface LocalEchoOptions {
  readonly me: string;
  readonly now: WallClock;
  readonly book: ConversationBook;
  readonly timelinePeople: TimelinePeople;
  readonly router: ConversationRouter;
  readonly history: DeviceHistory;
  /** Adds a message. Returns its key. */
  readonly show: (kept: TimelineConversation, said: NewMessageItem) => number;
  readonly changed: (kept: TimelineConversation) => void;
}

export class LocalEcho {
  readonly waiting = new PendingEchoes();
  readonly #options: LocalEchoOptions;

  constructor(options: LocalEchoOptions) {
    this.#options = options;
  }

  /** An own message, before anything is known of it. */
  of(content: MessageContent, encrypted = false): NewMessageItem {
    return {
      kind: 'message',
      at: this.#options.now(),
      from: this.#options.me,
      isOwn: true,
      ...shownContent(content),
      ...endOf(content, this.#options.now()),
      encrypted,
      standing: undefined,
      seq: undefined,
      remark: undefined,
      namesMe: false,
      state: 'waiting',
    };
  }

  /** The state of an own message of this account has changed. */
  told(message: OwnMessage): void {
    const { router, history, show, changed } = this.#options;
    const kept = router.at(message.place);
    const isNew = kept.messageIndex === undefined;
    const messageIndex = history.file(kept, router.nameOf(message.place));
    // A person who writes looks at the conversation. A text to a guest is in no history that would bring it later.
    if (isNew) history.lookAt(kept);
    history.whenLoaded(kept, () => {
      const { localId, content, state, seq, at, reason } = message;
      const known = messageIndex.keyOf(localId);
      const entry = known === undefined ? undefined : messageIndex.window.get(known);
      const remark =
        state === 'refused' && reason !== undefined ? `not sent: ${harmless(reason)}` : undefined;
      const sent = sentStates[state];
      if (entry?.kind === 'message') {
        messageIndex.window.replace({
          ...entry,
          encrypted: message.encrypted,
          seq: seq ?? entry.seq,
          state: sent,
          at: at ?? entry.at,
          remark: remark ?? entry.remark,
        });
      } else if (known === undefined && messageIndex.takes(seq)) {
        const said = this.of(content, message.encrypted);
        messageIndex.follow(localId, show(kept, { ...said, seq, state: sent, remark }), state, seq);
      }
      if (known !== undefined) messageIndex.follow(localId, known, state, seq);
      if (state === 'delivered') this.#reached(kept);
      changed(kept);
    });
  }

  /** The other side has everything of a conversation up to `seq`. */
  delivered(kept: TimelineConversation, seq: number): void {
    for (const key of kept.messageIndex?.delivered(seq) ?? []) {
      this.settle({ id: kept.id, key }, 'delivered');
    }
  }

  settle(where: PendingEcho | undefined, state: SentState): void {
    const kept = where === undefined ? undefined : this.#options.book.get(where.id);
    if (where === undefined || kept === undefined) return;
    const shown = kept.messageIndex?.window ?? kept.log;
    const entry = shown.get(where.key);
    if (entry?.kind !== 'message') return;
    shown.replace({ ...entry, state });
    this.#options.changed(kept);
  }

  #reached({ kind, name, protection }: TimelineConversation): void {
    if (kind === 'person' && protection === 'untried') {
      this.#options.timelinePeople.protect(name, 'encrypted');
    }
  }
}

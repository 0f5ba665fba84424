// Which conversation of the book something belongs to: a message, a conversation of the account, a place of the
// protocol. Takes the list of conversations over from the client.

import type { ConversationView } from '../account/conversations.ts';
import type { ReceivedMessage } from '../client-event.ts';
import { conversationOf, type ConversationName, type Place } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import type { TimelinePeople } from './timeline-people.ts';
import { idOf, type ConversationBook, type TimelineConversation } from './conversation-book.ts';
import type { DeviceHistory } from './device-history.ts';

export interface ConversationRouterOptions {
  readonly me: string;
  readonly book: ConversationBook;
  readonly timelinePeople: TimelinePeople;
  readonly history: DeviceHistory;
  /** The conversations of the account. */
  readonly conversations: () => readonly ConversationView[];
}

export class ConversationRouter {
  readonly #options: ConversationRouterOptions;

  constructor(options: ConversationRouterOptions) {
    this.#options = options;
  }

  /** The conversation at a place, made if there is none. */
  at(place: Place): TimelineConversation {
    const { book, timelinePeople } = this.#options;
    switch (place.kind) {
      case 'lobby':
        return book.open('lobby', 'Lobby');
      case 'group':
        return book.open('group', place.group);
      case 'direct':
        return timelinePeople.person(place.user);
    }
  }

  /** The account's name for it. */
  nameOf(place: Place): ConversationName {
    return conversationOf(this.#options.me as Username, place);
  }

  /** The book's conversation for one of the account. */
  named(name: ConversationName): TimelineConversation | undefined {
    const view = this.#options.conversations().find((other) => other.name === name);
    return view === undefined ? undefined : this.#sync(view);
  }

  ofMessage(message: ReceivedMessage): TimelineConversation {
    const { book, timelinePeople } = this.#options;
    const kept = message.filed === undefined ? undefined : this.named(message.filed.conversation);
    if (kept !== undefined) return kept;
    switch (message.place) {
      case 'lobby':
        return book.open('lobby', 'Lobby');
      case 'group':
        return message.group === undefined
          ? (this.onlyGroup() ?? book.open('lobby', 'Lobby'))
          : book.open('group', message.group);
      case 'private':
        return timelinePeople.person(message.from);
    }
  }

  /** Version 1 does not say in which group a message was sent [7.8]: it is the only group, if there is only one. */
  onlyGroup(): TimelineConversation | undefined {
    const { book } = this.#options;
    const groups = [...book.all].filter(({ kind, isLeft }) => kind === 'group' && !isLeft);
    return groups.length === 1 ? groups[0] : undefined;
  }

  /** Takes over every conversation of the account. */
  syncAll(): void {
    const { book, conversations } = this.#options;
    for (const view of conversations()) {
      const { place, isIn, cursor } = view;
      // A group that this person has only tried to enter.
      const isNothing = place.kind === 'group' && !isIn && cursor === 0;
      if (!isNothing || book.get(idOf('group', place.group)) !== undefined) this.#sync(view);
    }
  }

  /** This person has entered a group, or left it. */
  groupChanged(group: string, isIn: boolean): void {
    const { book } = this.#options;
    const kept = isIn ? book.open('group', group) : book.get(idOf('group', group));
    if (kept !== undefined) kept.isLeft = !isIn;
    book.touched();
  }

  /** A guest's login begins: in no group. */
  begin(): void {
    const { book } = this.#options;
    for (const kept of book.all) if (kept.kind === 'group') kept.isLeft = true;
    book.touched();
  }

  #sync({ name, place, isIn, isSealed, unread }: ConversationView): TimelineConversation {
    const { book, history } = this.#options;
    const kept = this.at(place);
    const messageIndex = history.file(kept, name);
    book.touched();
    // Only groups can be left.
    kept.isLeft = kept.kind === 'group' && !isIn;
    if (kept.kind !== 'person') kept.protection = isSealed ? 'sealed' : 'open';
    // Messages in memory are counted when they are shown.
    if (!messageIndex.isLoaded) kept.unread = unread;
    return kept;
  }
}

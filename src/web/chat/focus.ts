// Which conversation is open, where the person is in it, and what counts as read. The list of messages reports where it
// was scrolled to, and scrolls where this asks it to. Draws nothing.

import { signal } from '@preact/signals';
import type { CommandFocus } from '../../client/commands/screen-actions.ts';
import {
  lobbyId,
  type ConversationId,
  type ConversationSummary,
  type Found,
  type Model,
} from '../../client/timeline/model.ts';
import { firstUnread } from '../../client/timeline/unread-line.ts';
import type { Drafts } from './drafts.ts';

/** Where the list should be: the end, following new messages; or an item. */
export type ScrollTarget = 'end' | { readonly key: number };

class OpenPlace {
  /** The unread line is before this item, and stays there until the person has left the conversation. */
  unreadKey: number | undefined;
  /** It was opened, and its unread items are not marked yet. */
  isFresh = true;
  isAtEnd = true;
  isLoading = false;
  /** Until the list has gone there. */
  target: ScrollTarget | undefined = 'end';
}

export class PageFocus implements CommandFocus {
  readonly #model: Model;
  readonly #drafts: Drafts;
  readonly #changed: () => void;
  readonly #places = new Map<ConversationId, OpenPlace>();
  readonly current = signal<ConversationId>(lobbyId);

  /** `changed`: something must be drawn. */
  constructor(model: Model, drafts: Drafts, changed: () => void) {
    this.#model = model;
    this.#drafts = drafts;
    this.#changed = changed;
  }

  get id(): ConversationId {
    return this.current.value;
  }

  get conversation(): ConversationSummary {
    const found = this.#model.conversation(this.id) ?? this.#model.conversations[0];
    if (found === undefined) throw new Error('a model without a lobby');
    return found;
  }

  get hasDraft(): boolean {
    return this.#drafts.of(this.id).text !== '';
  }

  get place(): OpenPlace {
    const known = this.#places.get(this.id);
    if (known !== undefined) return known;
    const made = new OpenPlace();
    this.#places.set(this.id, made);
    return made;
  }

  open(id: ConversationId): void {
    const left = this.place;
    if (id !== this.id && left.isAtEnd) left.unreadKey = undefined;
    this.current.value = id;
    const { place } = this;
    place.isFresh = true;
    place.isAtEnd = true;
    place.target = 'end';
    this.#model.toNewest(id);
    this.#model.lookAt(id);
    this.#changed();
  }

  /** To the next conversation in that direction for which `isMeant` is true. */
  step(step: 1 | -1, isMeant: (conversation: ConversationSummary) => boolean): void {
    const { conversations } = this.#model;
    const from = conversations.findIndex(({ id }) => id === this.id);
    const { length } = conversations;
    for (let away = 1; away < length; away++) {
      const found = conversations[(((from + step * away) % length) + length) % length];
      if (found === undefined || !isMeant(found)) continue;
      this.open(found.id);
      return;
    }
  }

  /** Keeps the unread line before the first unseen item. `isSeen`: the person looks at the messages. */
  mark(isSeen: boolean): void {
    const { id, unread, isReady } = this.conversation;
    const { place } = this;
    const entries = this.#model.entries(id);
    // Unread items are among the newest.
    if (!entries.isNewest) return;
    if (place.isFresh && isReady) {
      place.isFresh = false;
      place.unreadKey ??= firstUnread(entries, unread);
      if (unread > 0 && place.unreadKey !== undefined) this.#goTo(place.unreadKey);
    }
    if (unread === 0) return;
    if (isSeen && isReady && place.isAtEnd && place.target === undefined) this.#model.seen(id);
    else place.unreadKey ??= firstUnread(entries, unread);
  }

  toUnread(): void {
    const { unreadKey } = this.place;
    if (unreadKey === undefined) return;
    this.#model.toNewest(this.id);
    this.#goTo(unreadKey);
  }

  async toOldest(): Promise<void> {
    const { id } = this;
    const key = await this.#model.goTo(id, { at: 0 });
    if (key !== undefined && id === this.id) this.#goTo(key);
  }

  /** To the end, where new messages are followed. When already there, removes the unread line. */
  toNewest(): void {
    const { place, id } = this;
    if (place.isAtEnd) place.unreadKey = undefined;
    const wasAway = !this.#model.entries(id).isNewest;
    const { unread } = this.conversation;
    this.#model.toNewest(id);
    if (wasAway) place.unreadKey ??= firstUnread(this.#model.entries(id), unread);
    place.isAtEnd = true;
    place.target = 'end';
    this.#changed();
  }

  /** Goes to a message. */
  async reveal({ id, reveal }: Pick<Found, 'id' | 'reveal'>): Promise<void> {
    const key = await reveal();
    // Not `open`, which goes to the newest.
    this.current.value = id;
    this.#model.lookAt(id);
    this.place.isFresh = false;
    if (key !== undefined) this.#goTo(key);
    this.#changed();
  }

  /** The list shows the items from `first` to `last`. */
  async scrolled(first: number, last: number): Promise<void> {
    const { place, id } = this;
    if (place.isLoading) return;
    const entries = this.#model.entries(id);
    const isNearEnd = !entries.isNewest && entries.length - last < nearItems;
    if (first >= nearItems && !isNearEnd) return;
    place.isLoading = true;
    if (first < nearItems) await this.#model.loadBefore(id);
    else await this.#model.loadAfter(id);
    place.isLoading = false;
  }

  #goTo(key: number): void {
    const { place } = this;
    place.isAtEnd = false;
    place.target = { key };
    this.#changed();
  }
}

/** More items are loaded when fewer than this are left in that direction. */
const nearItems = 60;

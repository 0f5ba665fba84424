// Which conversation is open, the position in it, and which of its items count as read. Owns a view of every
// conversation that was opened. Draws nothing.

import { OpenConversation } from './open-conversation.ts';
import type { Draft } from './input/draft.ts';
import {
  lobbyId,
  type ConversationSummary,
  type ConversationId,
  type Found,
  type Model,
} from '../../client/timeline/model.ts';
import {
  lowestIndex,
  moveBy,
  positionAt,
  topPosition,
  withKey,
  type Window,
} from './draw/scroll.ts';

export interface ConversationFocusOptions {
  readonly model: Model;
  /** The height of the screen. */
  readonly rows: () => number;
  /** Another conversation was opened. */
  readonly opened: () => void;
  /** Something new must be drawn. */
  readonly changed: () => void;
}

/** More items are loaded when fewer than this are left in that direction. */
const nearEntries = 100;

export class ConversationFocus {
  readonly #options: ConversationFocusOptions;
  readonly #views = new Map<ConversationId, OpenConversation>();
  #current: ConversationId = lobbyId;
  #shown: Window | undefined;

  constructor(options: ConversationFocusOptions) {
    this.#options = options;
  }

  get id(): ConversationId {
    return this.#current;
  }

  get conversation(): ConversationSummary {
    const { model } = this.#options;
    const found = model.conversation(this.#current) ?? model.conversations[0];
    if (found === undefined) throw new Error('a model without a lobby');
    return found;
  }

  get view(): OpenConversation {
    return this.viewOf(this.#current);
  }

  /** The key of the message there that the person has chosen. */
  get chosen(): number | undefined {
    return this.view.chosen;
  }

  /** Whether something is typed there and not sent. */
  get hasDraft(): boolean {
    return !this.view.draft.isEmpty;
  }

  viewOf(id: ConversationId): OpenConversation {
    const known = this.#views.get(id);
    if (known !== undefined) return known;
    const made = new OpenConversation(this.#options.rows);
    this.#views.set(id, made);
    return made;
  }

  /** The typed text of every conversation. */
  *drafts(): Iterable<readonly [ConversationId, Draft]> {
    for (const [id, { draft }] of this.#views) yield [id, draft];
  }

  /** The other conversations with typed text that was not sent. */
  draftsElsewhere(): readonly ConversationId[] {
    return [...this.#views]
      .filter(([id, { draft }]) => id !== this.#current && !draft.isEmpty)
      .map(([id]) => id);
  }

  open(id: ConversationId): void {
    const { model, opened } = this.#options;
    const left = this.#views.get(this.#current);
    if (left !== undefined) left.isChoosing = false;
    if (id !== this.#current && left?.position === 'end') left.unreadKey = undefined;
    this.#current = id;
    const view = this.viewOf(id);
    view.isFresh = true;
    model.lookAt(id);
    const entries = model.entries(id);
    const first = entries.at(0)?.key ?? Infinity;
    // The person's position is no longer in memory.
    if (view.position !== 'end' && entries.isNewest && view.position.key < first)
      view.position = 'end';
    opened();
  }

  /** To the next conversation in that direction for which `isMeant` is true. */
  step(step: 1 | -1, isMeant: (conversation: ConversationSummary) => boolean): void {
    const { conversations } = this.#options.model;
    const from = conversations.findIndex(({ id }) => id === this.#current);
    const { length } = conversations;
    for (let away = 1; away <= length; away++) {
      const found = conversations[(((from + step * away) % length) + length) % length];
      if (found === undefined || found.id === this.#current || !isMeant(found)) continue;
      this.open(found.id);
      return;
    }
  }

  /** Keeps the unread line before the first unseen item. `isSeen`: the person sees the end. */
  mark(isSeen: boolean): void {
    const { model } = this.#options;
    const { id, unread, isReady } = this.conversation;
    const view = this.viewOf(id);
    const entries = model.entries(id);
    // Unread items are among the newest.
    if (!entries.isNewest) return;
    if (view.isFresh && isReady) {
      view.isFresh = false;
      view.markUnread(entries, unread);
      if (unread > 0) this.toUnread();
    }
    if (unread === 0) return;
    if (isSeen && isReady && view.position === 'end') model.seen(id);
    else view.markUnread(entries, unread);
  }

  /** Negative is up. */
  scroll(rows: number): void {
    const { window, view } = this;
    if (window === undefined) return;
    view.position = moveBy(window, view.position, rows);
    void this.#loadOn(view, rows < 0 ? 'before' : 'after');
  }

  turn(pages: 1 | -1): void {
    this.scroll(pages * Math.max(1, (this.window?.height ?? 2) - 2));
  }

  toUnread(): void {
    const { unreadKey } = this.view;
    if (unreadKey === undefined) return;
    this.#options.model.toNewest(this.#current);
    this.#toKey(unreadKey);
  }

  /** To the first message in the history. */
  async toOldest(): Promise<void> {
    const id = this.#current;
    const key = await this.#options.model.goTo(id, { at: 0 });
    const { window } = this;
    if (key === undefined || window === undefined || id !== this.#current) return;
    this.view.position = topPosition(window);
    void this.#loadOn(this.view, 'before');
    this.#options.changed();
  }

  /** To the end. When already there, removes the unread line. */
  toNewest(): void {
    const { view } = this;
    if (view.position === 'end') view.unreadKey = undefined;
    this.stayNewest();
  }

  /** To the end, and follows new messages. */
  stayNewest(): void {
    const { model } = this.#options;
    const { id, unread } = this.conversation;
    const view = this.viewOf(id);
    if (view.position === 'end') return;
    const wasAway = !model.entries(id).isNewest;
    model.toNewest(id);
    view.position = 'end';
    if (!wasAway) return;
    // Messages that came meanwhile are not marked yet. The next frame shows them.
    view.isFresh = false;
    view.markUnread(model.entries(id), unread);
  }

  /** Chooses the next message in that direction, the lowest on the screen first. Returns whether there is one. */
  choose(step: 1 | -1): boolean {
    const { window, view } = this;
    if (window === undefined) return false;
    const { entries } = window;
    const from =
      view.chosen === undefined
        ? lowestIndex(window, view.position) + 1
        : entries.indexFrom(view.chosen);
    if (step < 0 && from < nearEntries) void this.#loadOn(view, 'before');
    for (let index = from + step; index >= 0 && index < entries.length; index += step) {
      const entry = entries.at(index);
      if (entry?.kind !== 'message') continue;
      this.chooseKey(entry.key);
      return true;
    }
    return false;
  }

  /** Chooses that message, and shows it. */
  chooseKey(key: number): void {
    const { window, view } = this;
    view.chosen = key;
    view.isChoosing = true;
    if (window !== undefined) view.position = withKey(window, view.position, key);
  }

  /** Nothing is chosen any more. */
  unchoose(): void {
    this.view.chosen = undefined;
    this.view.isChoosing = false;
  }

  /** Goes to the message that the chosen one answers. */
  async goToReplied(): Promise<boolean> {
    const { view } = this;
    const id = this.#current;
    if (view.chosen === undefined) return false;
    const key = await this.#options.model.goToReplied(id, view.chosen);
    if (key === undefined || id !== this.#current) return false;
    this.#toKey(key);
    this.chooseKey(key);
    this.#options.changed();
    return true;
  }

  /** Goes to a message. */
  async reveal({ id, reveal }: Pick<Found, 'id' | 'reveal'>): Promise<void> {
    this.#goTo(id, await reveal());
  }

  #goTo(id: ConversationId, key: number | undefined): void {
    this.open(id);
    this.view.isFresh = false;
    if (key !== undefined) this.#toKey(key);
    this.#options.changed();
  }

  #toKey(key: number): void {
    const { window } = this;
    if (window !== undefined) this.view.position = positionAt(window, key);
  }

  /** The window over the current messages, in the size in which they were last shown. */
  get window(): Window | undefined {
    if (this.#shown === undefined) return undefined;
    const entries = this.#options.model.entries(this.#current);
    const { unreadKey, chosen } = this.view;
    return { ...this.#shown, entries, unreadKey, chosen };
  }

  set window(shown: Window | undefined) {
    this.#shown = shown;
  }

  async #loadOn(view: OpenConversation, direction: 'before' | 'after'): Promise<void> {
    const { model, changed } = this.#options;
    const id = this.#current;
    if (view.isLoading || !this.#isNear(view, direction)) return;
    view.isLoading = true;
    await (direction === 'before' ? model.loadBefore(id) : model.loadAfter(id));
    view.isLoading = false;
    changed();
  }

  #isNear({ position }: OpenConversation, direction: 'before' | 'after'): boolean {
    const entries = this.#options.model.entries(this.#current);
    const index = position === 'end' ? undefined : entries.indexFrom(position.key);
    if (direction === 'before') return (index ?? 0) < nearEntries;
    return !entries.isNewest && entries.length - (index ?? Infinity) < nearEntries;
  }
}

// Which conversation is open, the position in it, and what of it counts as read. Owns a view of every conversation
// that was opened; draws nothing.

import { OpenConversation } from './open-conversation.ts';
import type { Draft } from './input/draft.ts';
import {
  lobbyId,
  type ConversationSummary,
  type ConversationId,
  type Found,
  type Model,
} from '../../client/timeline/model.ts';
import { moveBy, positionAt, topPosition, type Window } from './draw/scroll.ts';

export interface ConversationFocusOptions {
  readonly model: Model;
  /** The height of the screen. */
  readonly rows: () => number;
  /** Another conversation is looked at. */
  readonly opened: () => void;
  /** Something came that is to be drawn. */
  readonly changed: () => void;
}

/** What is further on is loaded when fewer entries than this are left in that direction. */
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

  viewOf(id: ConversationId): OpenConversation {
    const known = this.#views.get(id);
    if (known !== undefined) return known;
    const made = new OpenConversation(this.#options.rows);
    this.#views.set(id, made);
    return made;
  }

  /** What is being typed, wherever it is. */
  *drafts(): Iterable<readonly [ConversationId, Draft]> {
    for (const [id, { draft }] of this.#views) yield [id, draft];
  }

  /** The other conversations in which something is typed and not sent. */
  draftsElsewhere(): readonly ConversationId[] {
    return [...this.#views]
      .filter(([id, { draft }]) => id !== this.#current && !draft.isEmpty)
      .map(([id]) => id);
  }

  open(id: ConversationId): void {
    const { model, opened } = this.#options;
    const left = this.#views.get(this.#current);
    if (id !== this.#current && left?.position === 'end') left.unreadKey = undefined;
    this.#current = id;
    const view = this.viewOf(id);
    view.isFresh = true;
    model.lookAt(id);
    const entries = model.entries(id);
    const first = entries.at(0)?.key ?? Infinity;
    // Where the person was is not in memory any more.
    if (view.position !== 'end' && entries.isNewest && view.position.key < first)
      view.position = 'end';
    opened();
  }

  /** To the next conversation in that direction that is meant. */
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

  /** Keeps the unread line before the first that was not seen. `isSeen`: the person sees what stands at the end. */
  mark(isSeen: boolean): void {
    const { model } = this.#options;
    const { id, unread, isReady } = this.conversation;
    const view = this.viewOf(id);
    const entries = model.entries(id);
    // The unread ones are among the newest.
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

  /** Up where negative. */
  scroll(rows: number): void {
    const { window, view } = this;
    if (window === undefined) return;
    view.position = moveBy(window, view.position, rows);
    void this.#loadOn(view, rows < 0 ? 'before' : 'after');
  }

  /** By pages. */
  turn(pages: 1 | -1): void {
    this.scroll(pages * Math.max(1, (this.window?.height ?? 2) - 2));
  }

  toUnread(): void {
    const { unreadKey } = this.view;
    if (unreadKey === undefined) return;
    this.#options.model.toNewest(this.#current);
    this.#toKey(unreadKey);
  }

  /** To the first message of all that are kept. */
  async toOldest(): Promise<void> {
    const id = this.#current;
    const key = await this.#options.model.goTo(id, 0);
    const { window } = this;
    if (key === undefined || window === undefined || id !== this.#current) return;
    this.view.position = topPosition(window);
    void this.#loadOn(this.view, 'before');
    this.#options.changed();
  }

  /** To the end; once more, and the unread line goes. */
  toNewest(): void {
    const { view } = this;
    if (view.position === 'end') view.unreadKey = undefined;
    this.stayNewest();
  }

  /** To the end, where new ones come. */
  stayNewest(): void {
    const { model } = this.#options;
    const { id, unread } = this.conversation;
    const view = this.viewOf(id);
    if (view.position === 'end') return;
    const wasAway = !model.entries(id).isNewest;
    model.toNewest(id);
    view.position = 'end';
    if (!wasAway) return;
    // What came meanwhile is not marked yet, and is seen with the next frame.
    view.isFresh = false;
    view.markUnread(model.entries(id), unread);
  }

  /** Goes to the place of a message. */
  async reveal({ id, reveal }: Found): Promise<void> {
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

  /** Over the messages as they are now, in the size in which they were last shown. */
  get window(): Window | undefined {
    if (this.#shown === undefined) return undefined;
    const entries = this.#options.model.entries(this.#current);
    return { ...this.#shown, entries, unreadKey: this.view.unreadKey };
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

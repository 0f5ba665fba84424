// Which conversation is looked at, where in it, and what of it counts as seen. Owns a view of every conversation that was
// opened; draws nothing.

import { ConversationView } from './conversation-view.ts';
import {
  lobbyId,
  type Conversation,
  type ConversationId,
  type Found,
  type Model,
} from './model.ts';
import { moveBy, positionAt, topPosition, type Window } from './scroll.ts';

export interface LookingOptions {
  readonly model: Model;
  /** The height of the screen. */
  readonly rows: () => number;
  /** Another conversation is looked at. */
  readonly opened: () => void;
  /** Something came that is to be drawn. */
  readonly changed: () => void;
}

/** What was before is loaded when fewer entries than this are above. */
const nearEntries = 100;

export class Looking {
  readonly #options: LookingOptions;
  readonly #views = new Map<ConversationId, ConversationView>();
  #current: ConversationId = lobbyId;
  /** Over the messages when they were last shown. */
  window: Window | undefined;

  constructor(options: LookingOptions) {
    this.#options = options;
  }

  get id(): ConversationId {
    return this.#current;
  }

  get conversation(): Conversation {
    const { model } = this.#options;
    const found = model.conversation(this.#current) ?? model.conversations[0];
    if (found === undefined) throw new Error('a model without a lobby');
    return found;
  }

  get view(): ConversationView {
    return this.viewOf(this.#current);
  }

  viewOf(id: ConversationId): ConversationView {
    const known = this.#views.get(id);
    if (known !== undefined) return known;
    const made = new ConversationView(this.#options.rows);
    this.#views.set(id, made);
    return made;
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
    this.viewOf(id).isFresh = true;
    model.lookAt(id);
    opened();
  }

  /** To the next conversation in that direction that is meant. */
  step(step: 1 | -1, isMeant: (conversation: Conversation) => boolean): void {
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
    if (this.window === undefined) return;
    const { view } = this;
    view.position = moveBy(this.window, view.position, rows);
    if (rows < 0) void this.#loadBefore(view);
  }

  /** By pages. */
  turn(pages: 1 | -1): void {
    this.scroll(pages * Math.max(1, (this.window?.height ?? 2) - 2));
  }

  toUnread(): void {
    const { unreadKey } = this.view;
    if (unreadKey !== undefined) this.#toKey(unreadKey);
  }

  /** To the first message that is in memory; what was before it is loaded then. */
  toOldest(): void {
    if (this.window === undefined) return;
    const { view } = this;
    view.position = topPosition(this.window);
    void this.#loadBefore(view);
  }

  /** To the end; once more, and the unread line goes. */
  toNewest(): void {
    const { view } = this;
    if (view.position === 'end') view.unreadKey = undefined;
    view.position = 'end';
  }

  /** Goes to the place of a message. */
  async reveal({ id, reveal }: Found): Promise<void> {
    const key = await reveal();
    this.open(id);
    this.view.isFresh = false;
    if (key !== undefined) this.#toKey(key);
    this.#options.changed();
  }

  #toKey(key: number): void {
    if (this.window === undefined) return;
    const { unreadKey } = this.view;
    const entries = this.#options.model.entries(this.#current);
    this.view.position = positionAt({ ...this.window, entries, unreadKey }, key);
  }

  async #loadBefore(view: ConversationView): Promise<void> {
    const { position, isLoading, isWhole } = view;
    const { model, changed } = this.#options;
    const id = this.#current;
    const isNear = position === 'end' || model.entries(id).indexFrom(position.key) < nearEntries;
    if (isLoading || isWhole || !isNear) return;
    view.isLoading = true;
    // Without a connection there may be more at the server.
    const hasMore = await model.loadBefore(id);
    view.isWhole = !hasMore && model.connection.phase === 'open';
    view.isLoading = false;
    changed();
  }
}

// What a person does with the messages of the open conversation: which of them the keys and the pointer are at, what the
// text being written is for (an answer, an edit, or nothing else), and what is asked of the model. Draws nothing.

import { effect, signal } from '@preact/signals';
import type {
  ConversationId,
  MessageItem,
  MessageRights,
  Verdict,
} from '../../client/timeline/model.ts';
import { itemWords } from '../../client/wording/item-words.ts';
import { formatDay, formatTime } from '../../client/wording/moment-words.ts';
import { KeptPurposes, type KeptPurpose } from './kept-purposes.ts';
import { pageLink } from '../chat/link-in-address.ts';
import { keyOf } from '../chat/keys.ts';
import type { MessageView, Session } from '../chat/session.ts';

/** A message that the text is about: it may leave the memory before the text is sent. */
interface MeantMessage {
  readonly key: number;
  readonly seq: number | undefined;
  readonly at: number;
  readonly from: string;
  readonly isOwn: boolean;
  /** Its words, in one line; of one that was not found after a reload, when it was said. */
  readonly words: string;
  /** Whether nothing makes it disappear. */
  readonly stays: boolean;
}

/** What the text being written is for. */
export type Purpose =
  | (MeantMessage & { readonly kind: 'reply' })
  /** `text`: as it stands in the input. `before`: unknown of a message that was not found after a reload. */
  | (MeantMessage & { readonly kind: 'edit'; readonly before: string | undefined; text: string });

/** So far back an own message is looked for that can be edited by one key. */
const maxBack = 300;
/** A message is looked for among so many of about its time. */
const maxSameTime = 500;
/** Frames until a row must be there. */
const maxFrames = 30;
const maxWords = 80;

export class MessageActs {
  /** The keys of the messages that the pointer and the focus are at. */
  readonly hovered = signal<number | undefined>(undefined);
  readonly selected = signal<number | undefined>(undefined);
  readonly #session: Session;
  readonly #purposes = signal<ReadonlyMap<ConversationId, Purpose>>(new Map());
  readonly #kept: KeptPurposes;

  constructor(session: Session) {
    this.#session = session;
    const { me, place } = session.settings;
    this.#kept = new KeptPurposes(place.tab.isHeld ? place.texts : undefined, me);
    const kept = [...this.#kept.read()].map(([id, one]) => [id, this.#again(one)] as const);
    this.#purposes.value = new Map(kept);
    effect(() => this.#kept.keep(this.#purposes.value));
    // Keys are of one conversation.
    effect(() => {
      void session.focus.current.value;
      this.hovered.value = undefined;
      this.selected.value = undefined;
    });
    effect(() => {
      void session.changes.value;
      this.#find(session.focus.current.value);
    });
  }

  /** What a text was for before a reload. */
  #again({ text, ...message }: KeptPurpose): Purpose {
    const words = `what was said on ${formatDay(message.at)}, ${formatTime(message.at)}`;
    const one = { ...message, key: notFound, words, stays: true };
    return text === undefined ? { kind: 'reply', ...one } : this.#editOf(one, undefined, text);
  }

  /** What a text is about: after a reload, once it is loaded. A message that is deleted meanwhile is meant no more. */
  #find(id: ConversationId): void {
    const purpose = this.#purposes.peek().get(id);
    if (purpose === undefined) return;
    if (purpose.key !== notFound) {
      const isDeleted = messageAt(this.#session, id, purpose.key)?.deleted !== undefined;
      if (isDeleted) this.#put(id, undefined);
      return;
    }
    const entries = this.#session.model.entries(id);
    for (let index = entries.length - 1; index >= 0; index--) {
      const item = entries.at(index);
      if (item?.kind !== 'message' || item.seq !== purpose.seq) continue;
      const one = meant(item);
      if (item.deleted !== undefined) this.#put(id, undefined);
      else if (purpose.kind === 'reply') this.#put(id, { kind: 'reply', ...one });
      else this.#put(id, this.#editOf(one, itemWords(item), purpose.text));
      return;
    }
  }

  /** Its text is kept whenever it changes. */
  #editOf(message: MeantMessage, before: string | undefined, typed: string): Purpose {
    let now = typed;
    const keep = (): void => this.#kept.keep(this.#purposes.peek());
    return {
      kind: 'edit',
      ...message,
      before,
      get text() {
        return now;
      },
      set text(text) {
        now = text;
        keep();
      },
    };
  }

  get #id(): ConversationId {
    return this.#session.focus.id;
  }

  /** Of the open conversation. */
  get purpose(): Purpose | undefined {
    return this.#purposes.value.get(this.#session.focus.current.value);
  }

  itemAt(key: number): MessageItem | undefined {
    return messageAt(this.#session, this.#id, key);
  }

  rightsTo(key: number): MessageRights | undefined {
    return this.#session.model.rightsTo(this.#id, key);
  }

  reply(key: number): void {
    const item = this.#permitted(key, 'reply');
    if (item !== undefined) this.#begin({ kind: 'reply', ...meant(item) });
  }

  edit(key: number): void {
    const item = this.#permitted(key, 'edit');
    if (item === undefined) return;
    const text = itemWords(item);
    this.#begin(this.#editOf(meant(item), text, text));
  }

  /** The last own message that can be edited. Returns whether there is one. */
  editLast(): boolean {
    const entries = this.#session.model.entries(this.#id);
    if (!entries.isNewest) return false;
    const { length } = entries;
    for (let index = length - 1; index >= Math.max(0, length - maxBack); index--) {
      const item = entries.at(index);
      if (item?.kind !== 'message' || !item.isOwn) continue;
      if (this.rightsTo(item.key)?.edit.ok !== true) continue;
      this.edit(item.key);
      return true;
    }
    return false;
  }

  /** The text is an ordinary one again: the draft that was there before. */
  cancel(): void {
    this.#put(this.#id, undefined);
    this.toText();
  }

  /** Says a text, as the answer that it is meant to be. */
  async say(id: ConversationId, text: string): Promise<Verdict> {
    const purpose = this.#purposes.value.get(id);
    const { model, focus } = this.#session;
    if (purpose?.kind !== 'reply') return model.say(id, text);
    this.#put(id, undefined);
    const verdict = await model.say(id, text, { reply: await this.#keyNow(id, purpose) });
    if (!verdict.ok) this.#putBack(id, purpose);
    else if (this.#id === id) focus.toNewest();
    return verdict;
  }

  /** Gives the message the text that stands in the input. */
  async save(id: ConversationId): Promise<void> {
    const purpose = this.#purposes.value.get(id);
    if (purpose?.kind !== 'edit') return;
    const { model, focus } = this.#session;
    const text = purpose.text.trimEnd();
    if (text === '') {
      this.ask(purpose.key, 'delete');
      return;
    }
    this.#put(id, undefined);
    if (text === purpose.before) return;
    const { isAtEnd } = focus.place;
    const verdict = await model.editText(id, await this.#keyNow(id, purpose), text);
    if (isAtEnd && this.#id === id) focus.toNewest();
    this.#session.told(verdict);
    if (!verdict.ok) this.#putBack(id, purpose);
  }

  react(key: number, emoji: string, on: boolean): void {
    const { model } = this.#session;
    void this.#session.ask(model.react(this.#id, key, emoji, on));
  }

  pin(key: number, on: boolean): void {
    const { model } = this.#session;
    void this.#session.ask(model.pin(this.#id, key, on));
  }

  delete(key: number): void {
    const { model } = this.#session;
    const { purpose } = this;
    if (purpose?.key === key) this.#put(this.#id, undefined);
    void this.#session.ask(model.deleteMessage(this.#id, key));
  }

  async copy(key: number): Promise<void> {
    const item = this.itemAt(key);
    if (item !== undefined) await this.#copied(itemWords(item));
  }

  /** A link to the message: for others on the same server to follow. */
  async copyLink(key: number): Promise<void> {
    const link = await this.#session.model.permalink(this.#id, key);
    if (link.ok) await this.#copied(pageLink(link.value));
    else this.#session.remark.value = link.error;
  }

  async #copied(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.#session.remark.value = 'copied';
    } catch {
      this.#session.remark.value = 'The browser does not let the page copy. Select the text here.';
    }
  }

  /** To what a message answers. */
  async toReplied(key: number): Promise<void> {
    const { model, focus, remark } = this.#session;
    const id = this.#id;
    const found = await model.goToReplied(id, key);
    if (this.#id !== id) return;
    if (found === undefined) {
      remark.value = 'This device does not have that message.';
      return;
    }
    await focus.reveal({ id, reveal: () => Promise.resolve(found) });
    this.select(found);
  }

  /** Opens what the person is asked or shown about a message. */
  ask(key: number, view: MessageView): void {
    // The focus comes back there.
    rowOf(key)?.focus({ preventScroll: true });
    this.#session.overlay.value = { kind: 'message', id: this.#id, key, view };
  }

  /** Puts the focus on a message, as soon as its row is there. */
  select(key: number): void {
    let frames = 0;
    const look = (): void => {
      const row = rowOf(key);
      const item = this.itemAt(key);
      if (row !== null && item !== undefined) {
        // What stands in it is read when it gets the focus.
        row.ariaLabel = `${item.from}: ${itemWords(item).slice(0, maxShownWords)}`;
        row.focus({ preventScroll: true });
        row.scrollIntoView({ block: 'nearest' });
      } else if (++frames < maxFrames) requestAnimationFrame(look);
    };
    look();
  }

  /** From a message to the next one in that direction; behind the newest is the text. */
  step(key: number, by: 1 | -1): void {
    const entries = this.#session.model.entries(this.#id);
    for (let index = entries.indexFrom(key) + by; ; index += by) {
      const item = entries.at(index);
      if (item === undefined) break;
      if (item.kind !== 'message') continue;
      this.select(item.key);
      return;
    }
    if (by === 1 && entries.isNewest) this.toText();
  }

  /** To the last message that is seen. Returns whether there is one. */
  toMessages(): boolean {
    const end = document.querySelector('.messages')?.getBoundingClientRect().bottom ?? 0;
    const seen = [...document.querySelectorAll<HTMLElement>(rows)].findLast(
      (row) => row.getBoundingClientRect().top < end,
    );
    if (seen === undefined) return false;
    this.select(Number(seen.dataset['key']));
    return true;
  }

  /** A key in the input. Returns whether it was for this. */
  pressed(event: KeyboardEvent): boolean {
    const { value, selectionEnd } = event.currentTarget as HTMLTextAreaElement;
    const { purpose } = this;
    switch (keyOf(event)) {
      case 'Escape':
        if (purpose !== undefined) this.cancel();
        return purpose !== undefined;
      case 'ArrowUp':
        // A command that was typed last comes back instead (composer.tsx).
        if (value !== '' || purpose !== undefined || isCommand(this.#session.lastSent))
          return false;
        return this.editLast();
      case 'Ctrl+ArrowUp':
        return selectionEnd === 0 && this.toMessages();
      default:
        return false;
    }
  }

  #begin(purpose: Purpose): void {
    this.#session.remark.value = undefined;
    this.#session.overlay.value = undefined;
    this.#put(this.#id, purpose);
    this.toText();
  }

  #put(id: ConversationId, purpose: Purpose | undefined): void {
    const next = new Map(this.#purposes.value);
    if (purpose === undefined) next.delete(id);
    else next.set(id, purpose);
    this.#purposes.value = next;
  }

  /** It could not be done: the text stands there again, unless the person has begun something else. */
  #putBack(id: ConversationId, purpose: Purpose): void {
    if (!this.#purposes.value.has(id)) this.#put(id, purpose);
  }

  /** The message, if that may be done with it. Otherwise the person hears why not. */
  #permitted(key: number, act: keyof MessageRights): MessageItem | undefined {
    const right = this.rightsTo(key)?.[act];
    if (right?.ok === true) return this.itemAt(key);
    this.#session.remark.value = right === undefined ? goneWords : right.error;
    return undefined;
  }

  /** Its key: where the conversation was elsewhere meanwhile, it is loaded again, under another one. */
  async #keyNow(id: ConversationId, { key, seq, at }: MeantMessage): Promise<number> {
    const { model } = this.#session;
    if (model.rightsTo(id, key) !== undefined) return key;
    const first = await model.goTo(id, { at });
    const entries = model.entries(id);
    const from = entries.indexFrom(first ?? Infinity);
    for (let index = from; index < from + maxSameTime; index++) {
      const item = entries.at(index);
      if (item?.kind === 'message' && item.seq === seq) return item.key;
    }
    return key;
  }

  /** Puts the focus on the text being written. */
  toText(): void {
    const area = document.querySelector<HTMLElement>('.composer textarea');
    if (area === null) return;
    // A dialogue that is still there gives the focus to this.
    this.#session.opener = area;
    area.focus();
  }
}

/** The key of no message. */
const notFound = -Infinity;

const goneWords = 'That message is not here any more.';
const maxShownWords = 1_000;
const rows = '.messages [data-key]';

const isCommand = (text: string | undefined): boolean => text?.startsWith('/') === true;

function meant(item: MessageItem): MeantMessage {
  const { key, seq, at, from, isOwn } = item;
  const words = itemWords(item).slice(0, maxWords).replaceAll('\n', ' ');
  return { key, seq, at, from, isOwn, words, stays: item.expiresAt === undefined };
}

function rowOf(key: number): HTMLElement | null {
  return document.querySelector(`.messages [data-key="${key}"]`);
}

export function messageAt(
  { model }: Pick<Session, 'model'>,
  id: ConversationId,
  key: number,
): MessageItem | undefined {
  const entries = model.entries(id);
  const item = entries.at(entries.indexFrom(key));
  return item?.key === key && item.kind === 'message' ? item : undefined;
}

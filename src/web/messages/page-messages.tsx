// What can be done with messages on the page: at the list, beside each message, and at the text. It is loaded behind the
// client (connect.ts): before that messages can only be read.

import type { JSX } from 'preact';
import type { ConversationId, MessageItem, TimelineItems } from '../../client/timeline/model.ts';
import type { Verdict } from '../../client/commands/actions.ts';
import type { MessageView, PageMessagesView, Session } from '../chat/session.ts';
import { MessageActs } from './message-acts.ts';
import { pressedAt } from './message-keys.ts';
import { MessageTools } from './message-tools.tsx';
import { MessageTouch } from './message-touch.ts';
import { TypingLine } from './typing-line.tsx';
import { PurposeBar } from './purpose-bar.tsx';

export class PageMessages implements PageMessagesView {
  readonly #acts: MessageActs;
  readonly #session: Session;
  readonly #listeners: object;

  constructor(session: Session) {
    const acts = new MessageActs(session);
    this.#acts = acts;
    this.#session = session;
    const touch = new MessageTouch({
      opened: (key) => acts.ask(key, 'all'),
      replied: (key) => acts.reply(key),
      mayReply: (key) => acts.rightsTo(key)?.reply.ok === true,
    });
    this.#listeners = { ...touch.listeners, ...pointing(acts) };
  }

  list(entries: TimelineItems): object {
    const key = this.#acts.selected.value;
    const index = key === undefined ? entries.length : entries.indexFrom(key);
    return { ...this.#listeners, keepMounted: index < entries.length ? [index] : [] };
  }

  get edited(): { text: string } | undefined {
    const { purpose } = this.#acts;
    return purpose?.kind === 'edit' ? purpose : undefined;
  }

  get answers(): number | undefined {
    const { purpose } = this.#acts;
    return purpose?.kind === 'reply' ? purpose.key : undefined;
  }

  pressed(event: KeyboardEvent): boolean {
    return this.#acts.pressed(event);
  }

  say(id: ConversationId, text: string): Promise<Verdict> {
    return this.#acts.say(id, text);
  }

  save(id: ConversationId): Promise<void> {
    return this.#acts.save(id);
  }

  reply(key: number): void {
    this.#acts.reply(key);
  }

  edit(key: number): void {
    this.#acts.edit(key);
  }

  react(key: number, emoji: string, on: boolean): void {
    this.#acts.react(key, emoji, on);
  }

  pin(key: number, on: boolean): void {
    this.#acts.pin(key, on);
  }

  delete(key: number): void {
    this.#acts.delete(key);
  }

  ask(key: number, view: MessageView): void {
    this.#acts.ask(key, view);
  }

  copyLink(key: number): void {
    void this.#acts.copyLink(key);
  }

  copy(key: number): void {
    void this.#acts.copy(key);
  }

  toReplied(key: number): void {
    void this.#acts.toReplied(key);
  }

  readonly Tools = ({ item }: { readonly item: MessageItem }): JSX.Element => (
    <MessageTools acts={this.#acts} item={item} />
  );

  readonly Purpose = (): JSX.Element => (
    <>
      <TypingLine session={this.#session} />
      <PurposeBar acts={this.#acts} />
    </>
  );
}

/** What pointer, focus and keys do in the list. */
function pointing(acts: MessageActs): object {
  const keyAt = (target: EventTarget | null): number | undefined => {
    const row = target instanceof Element ? target.closest<HTMLElement>('[data-key]') : null;
    return row === null ? undefined : Number(row.dataset['key']);
  };
  return {
    onPointerOver: ({ pointerType, target }: PointerEvent): void => {
      if (pointerType === 'mouse') acts.hovered.value = keyAt(target);
    },
    onPointerLeave: (): void => {
      acts.hovered.value = undefined;
    },
    onFocusIn: ({ target }: FocusEvent): void => {
      acts.selected.value = keyAt(target);
    },
    onFocusOut: ({ relatedTarget }: FocusEvent): void => {
      acts.selected.value = keyAt(relatedTarget);
    },
    onKeyDown: (event: KeyboardEvent): void => {
      if (!pressedAt(acts, event)) return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}

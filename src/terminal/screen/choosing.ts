// What keys do to the message that the person has chosen. Editing and answering go on in the text, as the commands that
// anybody could type; deleting asks first. The model says what is allowed.

import { endWords } from '../../client/wording/timer-words.ts';
import type { CommandActions, Verdict } from '../../client/commands/actions.ts';
import { readersWords } from '../../client/wording/reader-words.ts';
import { deletionQuestion } from '../../client/commands/message-commands.ts';
import type { MessageItem, MessageRights, Model } from '../../client/timeline/model.ts';
import type { ConversationFocus } from './conversation-focus.ts';
import type { Bindings } from './input/bindings.ts';
import type { MessageAction } from './input/key-table.ts';

export interface ChoosingOptions {
  readonly model: Pick<Model, 'entries' | 'rightsTo'>;
  readonly focus: ConversationFocus;
  readonly bindings: Bindings;
  readonly actions: () => Pick<CommandActions, 'deleteMessage' | 'edits' | 'pin'>;
  readonly remark: (text: string | undefined) => void;
}

/** What a key does, and which right it needs. */
const needs: Readonly<Partial<Record<MessageAction, keyof MessageRights>>> = {
  'message-reply': 'reply',
  'message-react': 'react',
  'message-pin': 'pin',
  'message-edit': 'edit',
  'message-delete': 'delete',
};

const offers = [
  ['message-reply', 'answers'],
  ['message-react', 'reacts'],
  ['message-edit', 'edits'],
  ['message-pin', 'pins'],
  ['message-delete', 'deletes'],
] as const;

export class Choosing {
  readonly #options: ChoosingOptions;
  /** The message that the next key deletes, if it is the same one again. */
  #asked: number | undefined;

  constructor(options: ChoosingOptions) {
    this.#options = options;
  }

  /** Begins with the lowest message on the screen. */
  begin(): void {
    const { focus, remark } = this.#options;
    focus.unchoose();
    if (!focus.choose(-1)) remark('there is no message here to choose');
  }

  /** What can be done now, and with which keys. Undefined where nothing is chosen. */
  get hint(): string | undefined {
    const { focus, model, bindings } = this.#options;
    const item = this.#item;
    if (item === undefined) return undefined;
    if (!focus.view.isChoosing) return `about what ${item.from} said`;
    const rights = model.rightsTo(focus.id, item.key);
    const word = (action: MessageAction): string => bindings.word(action);
    const words = offers
      .filter(([action]) => rights?.[needs[action] ?? 'reply'].ok === true)
      .map(([action, does]) => {
        const isPinned = action === 'message-pin' && item.pinned !== undefined;
        return `${word(action)} ${isPinned ? 'unpins' : does}`;
      });
    if (item.edited !== undefined) words.push(`${word('message-forms')} earlier texts`);
    if (item.reply !== undefined) words.push(`${word('message-go')} what it answers`);
    if (item.pinned !== undefined) words.unshift(`pinned by ${item.pinned.by}`);
    if (item.expiresAt !== undefined) words.unshift(endWords(item.expiresAt));
    words.push(`${word('message-leave')} done`);
    return [words.join(', '), readersWords(item.readBy)].filter((one) => one !== '').join('. ');
  }

  act(action: MessageAction): void {
    const { focus, remark, actions } = this.#options;
    const asked = this.#asked;
    this.#asked = undefined;
    if (action === 'message-leave') {
      focus.unchoose();
      return;
    }
    if (action === 'message-up' || action === 'message-down') {
      if (!focus.choose(action === 'message-up' ? -1 : 1) && action === 'message-down')
        focus.unchoose();
      return;
    }
    const item = this.#item;
    if (item === undefined) {
      focus.unchoose();
      return;
    }
    const refusal = this.#refusal(item, action);
    if (refusal !== undefined) {
      remark(refusal);
      return;
    }
    switch (action) {
      case 'message-reply':
        this.#write('/reply ', true);
        return;
      case 'message-react':
        this.#write('/react ', false);
        return;
      case 'message-pin':
        void this.#tell(actions().pin(focus.id, item.pinned === undefined));
        return;
      case 'message-edit':
        this.edit(item);
        return;
      case 'message-delete':
        if (asked === item.key) void this.#tell(actions().deleteMessage(true));
        else this.#ask(item);
        return;
      case 'message-forms':
        void this.#tell(actions().edits());
        return;
      case 'message-go':
        void this.#goToReplied();
        return;
    }
  }

  /** Puts the text of a message where it can be edited. */
  edit(item: MessageItem): void {
    const { focus } = this.#options;
    focus.view.chosen = item.key;
    this.#write(`/edit ${item.content.kind === 'text' ? item.content.text : ''}`, false);
  }

  get #item(): MessageItem | undefined {
    const { model, focus } = this.#options;
    const { chosen } = focus.view;
    if (chosen === undefined) return undefined;
    const items = model.entries(focus.id);
    const item = items.at(items.indexFrom(chosen));
    return item?.key === chosen && item.kind === 'message' ? item : undefined;
  }

  #refusal(item: MessageItem, action: MessageAction): string | undefined {
    const { model, focus } = this.#options;
    const right = needs[action];
    const verdict = right && model.rightsTo(focus.id, item.key)?.[right];
    return verdict?.ok === false ? verdict.error : undefined;
  }

  #ask(item: MessageItem): void {
    const { remark, bindings } = this.#options;
    this.#asked = item.key;
    remark(`${deletionQuestion(item)}. ${bindings.word('message-delete')} again deletes it`);
  }

  async #tell(done: Promise<Verdict>): Promise<void> {
    const { focus, remark } = this.#options;
    const { view } = focus;
    const verdict = await done;
    if (verdict.ok) {
      view.chosen = undefined;
      view.isChoosing = false;
    }
    remark(verdict.ok ? verdict.value : verdict.error);
  }

  async #goToReplied(): Promise<void> {
    const { focus, remark } = this.#options;
    if (!(await focus.goToReplied())) remark('what it answers is not here');
  }
  /** The command goes on in the text. `isBefore`: what stands there, if it is no command, follows it. */
  #write(command: string, isBefore: boolean): void {
    const { draft } = this.#options.focus.view;
    const typed = isBefore && !draft.text.startsWith('/') ? draft.text : '';
    // The command is not pasted, whatever follows it.
    draft.restore({ text: `${command}${typed}`, wasPasted: false });
    this.#options.focus.view.isChoosing = false;
  }
}

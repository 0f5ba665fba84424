// Goes to a conversation by a few letters of its name; a person nobody talked to yet can be found too.

import type { Input } from './input-reader.ts';
import type { ConversationId, Model } from './model.ts';
import type { Answer, Overlay } from './overlay.ts';
import { fit } from './text.ts';
import type { Theme } from './theme.ts';
import { fuzzyFilter } from './toolkit.ts';

interface Choice {
  readonly label: string;
  readonly unread: number;
  readonly open: () => ConversationId | undefined;
}

export class Switcher implements Overlay {
  readonly title = 'Go to';
  readonly #model: Model;
  readonly #go: (id: ConversationId) => void;
  #query = '';
  #index = 0;

  constructor(model: Model, go: (id: ConversationId) => void) {
    this.#model = model;
    this.#go = go;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const choices = this.#choices();
    this.#index = Math.max(0, Math.min(this.#index, choices.length - 1));
    const room = Math.max(1, height - 2);
    const start = Math.max(0, this.#index - room + 1);
    return [
      ` ${theme.paint('strong', 'Go to:')} ${fit(this.#query, width - 12)}${theme.paint('bar', ' ')}`,
      theme.paint('dim', fit(' Up, Down choose; Enter goes there; Esc does not', width)),
      ...choices.slice(start, start + room).map(({ label, unread }, index) => {
        const row = fit(`  ${label}${unread > 0 ? `  ${unread} unread` : ''} `, width);
        return index + start === this.#index ? theme.paint('chosen', row) : row;
      }),
      ...(choices.length === 0 ? [theme.paint('dim', '  nobody and nothing of that name')] : []),
    ];
  }

  input(input: Input): Answer {
    if (input.type === 'paste') this.#query += input.text.replaceAll(/[^\w@#]/g, '');
    if (input.type !== 'key') return 'stays';
    const { name = '', raw } = input;
    switch (name) {
      case 'escape':
      case 'ctrl+g':
      case 'ctrl+c':
        return 'goes';
      case 'enter': {
        const id = this.#choices()[this.#index]?.open();
        if (id !== undefined) this.#go(id);
        return 'goes';
      }
      case 'up':
      case 'ctrl+p':
        this.#index -= 1;
        return 'stays';
      case 'down':
      case 'ctrl+n':
      case 'tab':
        this.#index += 1;
        return 'stays';
      case 'backspace':
        this.#query = this.#query.slice(0, -1);
        return 'stays';
      case 'ctrl+u':
        this.#query = '';
        return 'stays';
      default:
        if (/^[\w@#]$/.test(raw)) {
          this.#query += raw;
          this.#index = 0;
        }
        return 'stays';
    }
  }

  #choices(): readonly Choice[] {
    const { conversations, names, me } = this.#model;
    const open: Choice[] = conversations.map(({ id, name, kind, unread }) => ({
      label: kind === 'lobby' ? name : id,
      unread,
      open: () => id,
    }));
    const known = new Set(conversations.map(({ id }) => id));
    const others: Choice[] = names
      .filter((name) => name !== me && !known.has(`@${name}`))
      .map((name) => ({
        label: `@${name}`,
        unread: 0,
        open: () => this.#model.withPerson(name),
      }));
    const all = this.#query === '' ? open : [...open, ...others];
    return fuzzyFilter(all, this.#query, ({ label }) => label);
  }
}

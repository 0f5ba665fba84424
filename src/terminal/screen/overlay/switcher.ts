// Goes to a conversation by a few letters of its name. Also finds people without a conversation.

import type { Bindings } from '../input/bindings.ts';
import { noSuchPlace } from '../draw/empty-places.ts';
import { slices } from '../draw/item-rows.ts';
import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';
import { ListCursor } from './list-cursor.ts';
import type { ConversationId, Model } from '../../../client/timeline/model.ts';
import type { OverlayOutcome, Overlay } from './overlay.ts';
import { fit } from '../draw/text.ts';
import type { Theme } from '../draw/theme.ts';
import { fuzzyFilter } from '../toolkit.ts';
import { InputField } from '../input/input-field.ts';

interface Choice {
  readonly label: string;
  readonly unread: number;
  readonly open: () => ConversationId | undefined;
}

export class Switcher implements Overlay {
  readonly title = 'Go to';
  readonly #model: Model;
  readonly #bindings: Bindings;
  readonly #go: (id: ConversationId) => void;
  readonly #query = new InputField({ maxLength: 64, allowed: /[\w@#]/ });
  readonly #cursor = new ListCursor();

  constructor(model: Model, bindings: Bindings, go: (id: ConversationId) => void) {
    this.#model = model;
    this.#bindings = bindings;
    this.#go = go;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const choices = this.#choices();
    // A name has as many rows as it needs: if it were cut, two people could look the same.
    const longest = Math.max(0, ...choices.map(({ label }) => label.length));
    const each = Math.max(1, Math.ceil(longest / Math.max(1, width - 2)));
    const room = Math.max(1, Math.floor((height - 2) / each));
    const start = this.#cursor.window(choices.length, room);
    const word = (action: KeyAction): string => this.#bindings.word(action);
    const hint = `${word('list-up')}, ${word('list-down')} choose; ${word('list-choose')} goes there; ${word('list-close')} does not`;
    return [
      ` ${theme.paint('strong', 'Go to:')} ${fit(this.#query.text, width - 12)}${theme.paint('bar', ' ')}`,
      theme.paint('dim', fit(` ${hint}`, width)),
      ...choices.slice(start, start + room).flatMap(({ label, unread }, index) => {
        const isChosen = index + start === this.#cursor.index;
        const parts = slices(label, width - 2);
        return parts.map((part, at) => {
          const isLast = at === parts.length - 1;
          const text = `${part}${isLast && unread > 0 ? `  ${unread} unread` : ''} `;
          const row = fit(`${isChosen ? '▌ ' : '  '}${text}`, width);
          return isChosen ? theme.paint('chosen', row) : row;
        });
      }),
      ...(choices.length === 0 ? [theme.paint('dim', fit(`  ${noSuchPlace}`, width))] : []),
    ];
  }

  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome {
    if (action === 'list-close' || action === 'switch') return 'goes';
    if (action === 'list-choose') {
      const id = this.#choices()[this.#cursor.index]?.open();
      if (id !== undefined) this.#go(id);
      return 'goes';
    }
    if (action === 'complete') this.#cursor.index += 1;
    else if (action === 'complete-back') this.#cursor.index -= 1;
    else if (!this.#cursor.input(input, action) && this.#query.input(input, action)) {
      this.#cursor.index = 0;
    }
    return 'stays';
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
    const query = this.#query.text;
    const all = query === '' ? open : [...open, ...others];
    return fuzzyFilter(all, query, ({ label }) => label);
  }
}

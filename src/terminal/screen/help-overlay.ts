// The help: all keys as they are bound, all commands and settings, made of their tables.

import type { Bindings } from './bindings.ts';
import { commandHelp } from '../commands/table.ts';
import type { Input } from './input-reader.ts';
import { keySections, type KeyAction } from './key-table.ts';
import type { Answer, Overlay } from './overlay.ts';
import { preferenceTable } from './preferences.ts';
import { scrolled } from './scrolled.ts';
import { fit, pad, widthOf, wrap } from './text.ts';
import type { Theme } from './theme.ts';

type Row = readonly [left: string, right: string];

export class HelpOverlay implements Overlay {
  readonly title: string;
  readonly #bindings: Bindings;
  #top = 0;
  #height = 1;

  constructor(bindings: Bindings) {
    this.#bindings = bindings;
    const word = (action: KeyAction): string => bindings.word(action);
    this.title = `Help  (${word('list-page-up')}, ${word('list-page-down')}; ${word('list-close')} closes it)`;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    this.#height = height;
    const lines = this.#lines(width, theme);
    this.#top = Math.max(0, Math.min(this.#top, lines.length - height));
    return lines.slice(this.#top, this.#top + height);
  }

  input(input: Input, action: KeyAction | undefined): Answer {
    if (input.type === 'key') {
      if (action === 'list-close' || action === 'list-choose' || action === 'help') return 'goes';
      // As in a pager.
      if (input.name === 'q') return 'goes';
      if (input.name === 'space') return this.input(input, 'list-page-down');
    }
    const top = scrolled(this.#top, this.#height, input, action);
    if (top === undefined) return input.type === 'key' ? 'goes-unheard' : 'stays';
    this.#top = top;
    return 'stays';
  }

  #lines(width: number, theme: Theme): string[] {
    const { keys } = this.#bindings;
    return [
      ...section('What you type', commandHelp('screen'), width, theme),
      ...keySections.flatMap(({ title, actions }) =>
        section(
          `Keys: ${title}`,
          actions.map((action) => [
            this.#bindings.words(action),
            `${keys[action].help} (${action})`,
          ]),
          width,
          theme,
        ),
      ),
      ...section(
        'Settings: /set NAME VALUE',
        Object.entries(preferenceTable).map(([name, { values, help }]) => [
          name,
          `${help} (${values.join(', ')})`,
        ]),
        width,
        theme,
      ),
      ` ${theme.paint('strong', 'Your file')}`,
      '  ~/.config/helo/config.toml keeps what you /set, and keys of your own,',
      '  by the names above; defaults = false under [keys] leaves none but yours:',
      '      [screen]                 [keys]',
      '      theme = "light"          next = ["ctrl+n", "f5"]',
      '                               suspend = []',
      '',
      ` ${theme.paint('strong', 'Signs')}`,
      '  ◇ ◆   end-to-end encrypted; ◆ with a key that you have compared (/verify)',
      '  ○     the server can read it         !   the key has changed',
      '  …     on its way   ✓ sent   ✓✓ on their screen   ✗ not delivered',
    ].map((line) => (widthOf(line) > width ? fit(line, width) : line));
  }
}

/** A title, and rows of two columns; what is too long for its column goes on below. */
function section(title: string, rows: readonly Row[], width: number, theme: Theme): string[] {
  const widest = Math.max(...rows.map(([left]) => widthOf(left)));
  const column = Math.min(Math.floor(width / 3), widest + 2);
  return [
    ` ${theme.paint('strong', title)}`,
    ...rows.flatMap(([left, right]) => {
      const lefts = broken(left, column - 2);
      const rights = broken(right, width - column - 3);
      return Array.from({ length: Math.max(lefts.length, rights.length) }, (_, index) => {
        const lead = theme.paint('key', pad(lefts[index] ?? '', column));
        return `  ${lead}${rights[index] ?? ''}`;
      });
    }),
    '',
  ];
}

function broken(text: string, columns: number): readonly string[] {
  const room = Math.max(1, columns);
  return wrap(text, room, room).map(({ start, end }) => text.slice(start, end));
}

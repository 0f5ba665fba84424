// The help: all keys and all commands, made of their tables.

import { commandHelp } from './command-table.ts';
import type { Input } from './input-reader.ts';
import type { Keys } from './config.ts';
import { editorKeys, shownKey } from './key-table.ts';
import type { Answer, Overlay } from './overlay.ts';
import { fit, pad } from './text.ts';
import type { Theme } from './theme.ts';

const closing = new Set(['escape', 'enter', 'f1', 'q', 'ctrl+c']);

export class HelpOverlay implements Overlay {
  readonly title = 'Help  (PgUp, PgDn; Esc closes it)';
  readonly #keys: Keys;
  #top = 0;
  #height = 1;

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    this.#height = height;
    const lines = this.#lines(width, theme);
    this.#top = Math.max(0, Math.min(this.#top, lines.length - height));
    return lines.slice(this.#top, this.#top + height);
  }

  input(input: Input): Answer {
    if (input.type === 'wheel') this.#top += input.up ? -3 : 3;
    if (input.type !== 'key') return 'stays';
    switch (input.name) {
      case 'pageUp':
        this.#top -= this.#height - 1;
        return 'stays';
      case 'pageDown':
      case 'space':
        this.#top += this.#height - 1;
        return 'stays';
      case 'up':
        this.#top -= 1;
        return 'stays';
      case 'down':
        this.#top += 1;
        return 'stays';
      default:
        return closing.has(input.name ?? '') ? 'goes' : 'goes-unheard';
    }
  }

  #lines(width: number, theme: Theme): string[] {
    const keys: (readonly [string, string])[] = [
      ['Alt-1 to Alt-9', 'the conversation at that place'],
      ...Object.entries(this.#keys)
        .map(([name, row]) => ({ name, ...row }))
        .filter(({ keys }) => keys.length > 0)
        .map(
          ({ keys, help, name }) => [keys.map(shownKey).join(', '), `${help} (${name})`] as const,
        ),
      ...editorKeys,
    ];
    const section = (name: string, rows: readonly (readonly [string, string])[]): string[] => {
      const column = Math.min(
        Math.floor(width / 2),
        Math.max(...rows.map(([left]) => left.length)) + 2,
      );
      return [
        ` ${theme.paint('strong', name)}`,
        ...rows.map(([left, right]) => {
          const key = theme.paint('key', pad(left, column));
          return `  ${key}${fit(right, width - column - 3)}`;
        }),
        '',
      ];
    };
    return [
      ...section('What you type', commandHelp()),
      ...section('Keys', keys),
      ` ${theme.paint('strong', 'Settings')}`,
      '  /set shows them. ~/.config/helo/config.toml keeps them, and keys of your own:',
      '      [screen]                 [keys]',
      '      theme = "light"          next = ["ctrl+n", "alt+right"]',
      '',
      ` ${theme.paint('strong', 'Signs')}`,
      '  ◇ ◆   end-to-end encrypted; ◆ with a key that you have compared (/verify)',
      '  ○     the server can read it         !   the key has changed',
      '  …     on its way   ✓ sent   ✓✓ on their screen   ✗ not delivered',
    ].map((row) => row);
  }
}

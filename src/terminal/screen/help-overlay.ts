// The help: all keys and all commands, made of their tables.

import { commandHelp } from './command-table.ts';
import type { Input } from './input-reader.ts';
import { editorKeys, shownKey, type KeyAction } from './key-table.ts';
import type { Overlay } from './overlay.ts';
import { fit, pad } from './text.ts';
import type { Theme } from './theme.ts';

type Keys = Readonly<
  Record<KeyAction, { readonly keys: readonly string[]; readonly help: string }>
>;

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

  input(input: Input): boolean {
    if (input.type === 'wheel') this.#top += input.up ? -3 : 3;
    if (input.type !== 'key') return false;
    switch (input.name) {
      case 'pageUp':
        this.#top -= this.#height - 1;
        return false;
      case 'pageDown':
      case 'space':
        this.#top += this.#height - 1;
        return false;
      case 'up':
        this.#top -= 1;
        return false;
      case 'down':
        this.#top += 1;
        return false;
      default:
        return ['escape', 'enter', 'f1', 'q', 'ctrl+c'].includes(input.name ?? '');
    }
  }

  #lines(width: number, theme: Theme): string[] {
    const keys: (readonly [string, string])[] = [
      ['Alt-1 to Alt-9', 'the conversation at that place'],
      ...Object.values(this.#keys)
        .filter(({ keys }) => keys.length > 0)
        .map(({ keys, help }) => [keys.map(shownKey).join(', '), help] as const),
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
      ` ${theme.paint('strong', 'Signs')}`,
      '  ◇ ◆   end-to-end encrypted; ◆ with a key that you have compared (/verify)',
      '  ○     the server can read it         !   the key has changed',
      '  …     on its way   ✓ sent   ✓✓ on their screen   ✗ not delivered',
    ].map((row) => row);
  }
}

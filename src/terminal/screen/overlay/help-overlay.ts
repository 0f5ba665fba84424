// The help: all keys as they are bound, all commands and settings, made from their tables.

import type { Bindings } from '../input/bindings.ts';
import { commandHelp } from '../../../client/commands/table.ts';
import type { TerminalInput } from '../input/input-reader.ts';
import { keySections, type KeyAction } from '../input/key-table.ts';
import type { OverlayOutcome, Overlay } from './overlay.ts';
import { preferenceTable } from '../settings/preferences.ts';
import { scrolled } from '../draw/scrolled.ts';
import { pad, widthOf, wrap } from '../draw/text.ts';
import type { Theme } from '../draw/theme.ts';

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

  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome {
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
      ...titled('Your file', width, theme),
      ...paragraph(yourFile, 2, width),
      ...sample.flatMap((line) => paragraph(line, 6, width)),
      '',
      ...section('Signs', signs, width, theme),
    ];
  }
}

const yourFile =
  '~/.config/helo/config.toml keeps what you /set, and keys of your own, by the names above; ' +
  'defaults = false under [keys] leaves none but yours:';

const sample = [
  '[screen]',
  'theme = "light"',
  '[keys]',
  'next = ["ctrl+n", "f5"]',
  'suspend = []',
] as const;

const signs: readonly Row[] = [
  ['◇ ◆', 'end-to-end encrypted, or a sealed group; ◆ with a key that you have compared (/verify)'],
  ['○', 'the server can read it'],
  ['!', 'the key has changed'],
  ['…', 'on its way'],
  ['✓', 'sent'],
  ['✓✓', 'on their screen'],
  ['✗', 'not delivered'],
];

/** With fewer columns than this, the right side is below the left one. */
const minColumnsForTwo = 48;

/**
 * A title, and rows of two columns. Text that is too long for its column continues below, broken at words, in that
 * column.
 */
function section(title: string, rows: readonly Row[], width: number, theme: Theme): string[] {
  const widest = Math.max(...rows.map(([left]) => widthOf(left)));
  const column =
    width < minColumnsForTwo ? indentIn(width, 6) : Math.min(Math.floor(width / 3), widest + 4);
  return [
    ...titled(title, width, theme),
    ...rows.flatMap(([left, right]) => {
      const lefts = paragraph(left, 2, width).map((row) => theme.paint('key', row));
      const rights = paragraph(right, column, width);
      // If the left side is wider than its column, it has its own rows.
      if (widthOf(left) + 4 > column) return [...lefts, ...rights];
      const [first = '', ...others] = rights;
      return [theme.paint('key', pad(`  ${left}`, column)) + first.slice(column), ...others];
    }),
    '',
  ];
}

function titled(title: string, width: number, theme: Theme): string[] {
  return paragraph(title, 1, width).map((row) => theme.paint('strong', row));
}

/** `text` in rows of `width`, each of them indented. */
function paragraph(text: string, indent: number, width: number): string[] {
  const before = ' '.repeat(indentIn(width, indent));
  const room = Math.max(1, width - before.length);
  return wrap(text, room, room).map(({ start, end }) => before + text.slice(start, end));
}

/** The indent shrinks before the room for words does. */
function indentIn(width: number, wished: number): number {
  return width < minColumnsForTwo ? Math.min(wished, Math.floor(width / 8)) : wished;
}

// What was found for /search, newest first; Enter goes to the place.

import type { Bindings } from './bindings.ts';
import { nothingFound } from './empty-places.ts';
import { formatDay, formatTime } from './entry-rows.ts';
import type { Input } from './input-reader.ts';
import type { KeyAction } from './key-table.ts';
import { ListCursor } from './list-cursor.ts';
import type { Found } from './model.ts';
import type { Answer, Overlay } from './overlay.ts';
import { fit, pad } from './text.ts';
import type { Theme } from './theme.ts';

export class SearchOverlay implements Overlay {
  readonly title: string;
  readonly #found: readonly Found[];
  readonly #go: (found: Found) => void;
  readonly #cursor = new ListCursor();

  constructor(
    words: string,
    found: readonly Found[],
    bindings: Bindings,
    go: (found: Found) => void,
  ) {
    const word = (action: KeyAction): string => bindings.word(action);
    this.title = `Search: ${words}  (${word('list-up')}, ${word('list-down')}; ${word('list-choose')} goes there; ${word('list-close')} closes it)`;
    this.#found = found;
    this.#go = go;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    if (this.#found.length === 0) return ['', theme.paint('dim', fit(` ${nothingFound}`, width))];
    const start = this.#cursor.window(this.#found.length, height);
    return this.#found.slice(start, start + height).map(({ id, at, from, text }, index) => {
      const when = `${formatDay(at)
        .replace(/^\w+, /, '')
        .replace(/ (\w{3})\w* /, ' $1 ')} ${formatTime(at)}`;
      const row = ` ${pad(when, 18)} ${pad(id, 14)} ${from}: ${text}`;
      const cut = fit(row, width);
      return start + index === this.#cursor.index ? theme.paint('chosen', pad(cut, width)) : cut;
    });
  }

  input(input: Input, action: KeyAction | undefined): Answer {
    if (this.#cursor.input(input, action) || input.type !== 'key') return 'stays';
    if (action === 'list-choose') {
      const found = this.#found[this.#cursor.index];
      if (found !== undefined) this.#go(found);
      return 'goes';
    }
    return action === 'list-close' ? 'goes' : 'goes-unheard';
  }
}

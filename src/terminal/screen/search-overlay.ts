// What was found for /search, newest first; Enter goes to the place.

import { formatDay, formatTime } from './entry-rows.ts';
import type { Input } from './input-reader.ts';
import type { Found } from './model.ts';
import type { Answer, Overlay } from './overlay.ts';
import { fit, pad } from './text.ts';
import type { Theme } from './theme.ts';

export class SearchOverlay implements Overlay {
  readonly title: string;
  readonly #found: readonly Found[];
  readonly #go: (found: Found) => void;
  #index = 0;

  constructor(words: string, found: readonly Found[], go: (found: Found) => void) {
    this.title = `Search: ${words}  (Up, Down; Enter goes there; Esc closes it)`;
    this.#found = found;
    this.#go = go;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    if (this.#found.length === 0) return ['', theme.paint('dim', ' Nothing was found.')];
    const start = Math.max(0, this.#index - height + 1);
    return this.#found.slice(start, start + height).map(({ id, at, from, text }, index) => {
      const when = `${formatDay(at)
        .replace(/^\w+, /, '')
        .replace(/ (\w{3})\w* /, ' $1 ')} ${formatTime(at)}`;
      const row = ` ${pad(when, 18)} ${pad(id, 14)} ${from}: ${text}`;
      const cut = fit(row, width);
      return start + index === this.#index ? theme.paint('chosen', pad(cut, width)) : cut;
    });
  }

  input(input: Input): Answer {
    if (input.type === 'wheel') this.#move(input.up ? -3 : 3);
    if (input.type !== 'key') return 'stays';
    switch (input.name) {
      case 'up':
      case 'ctrl+p':
        this.#move(-1);
        return 'stays';
      case 'down':
      case 'ctrl+n':
        this.#move(1);
        return 'stays';
      case 'pageUp':
        this.#move(-10);
        return 'stays';
      case 'pageDown':
        this.#move(10);
        return 'stays';
      case 'enter': {
        const found = this.#found[this.#index];
        if (found !== undefined) this.#go(found);
        return 'goes';
      }
      default:
        return input.name === 'escape' ? 'goes' : 'goes-unheard';
    }
  }

  #move(by: number): void {
    this.#index = Math.max(0, Math.min(this.#found.length - 1, this.#index + by));
  }
}

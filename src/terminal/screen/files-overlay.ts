// The files of this login, live: /files.

import type { Input } from './input-reader.ts';
import type { Model } from './model.ts';
import type { Answer, Overlay } from './overlay.ts';
import type { Theme } from './theme.ts';
import { transferList } from './transfer-rows.ts';

export class FilesOverlay implements Overlay {
  readonly title = 'Files  (Esc closes it; /accept, /decline, /cancel and a number)';
  readonly #model: Model;
  #top = 0;

  constructor(model: Model) {
    this.#model = model;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const rows = transferList(this.#model.transfers, width, theme);
    this.#top = Math.max(0, Math.min(this.#top, rows.length - height));
    return rows.slice(this.#top, this.#top + height);
  }

  input(input: Input): Answer {
    if (input.type === 'wheel') this.#top += input.up ? -3 : 3;
    if (input.type !== 'key') return 'stays';
    if (input.name === 'pageUp' || input.name === 'up') this.#top -= input.name === 'up' ? 1 : 10;
    else if (input.name === 'pageDown' || input.name === 'down')
      this.#top += input.name === 'down' ? 1 : 10;
    else return input.name === 'escape' || input.name === 'enter' ? 'goes' : 'goes-unheard';
    return 'stays';
  }
}

// The files of this login, live: /files.

import type { Bindings } from '../input/bindings.ts';
import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';
import type { Model } from '../../../client/timeline/model.ts';
import type { OverlayOutcome, Overlay } from './overlay.ts';
import { scrolled } from '../draw/scrolled.ts';
import type { Theme } from '../draw/theme.ts';
import { transferList } from '../draw/transfer-rows.ts';

export class FilesOverlay implements Overlay {
  readonly title: string;
  readonly #model: Model;
  readonly #hasBars: () => boolean;
  #top = 0;
  #height = 1;

  constructor(model: Model, bindings: Bindings, hasBars: () => boolean) {
    this.#model = model;
    this.#hasBars = hasBars;
    this.title = `Files  (${bindings.word('list-close')} closes it; /accept, /decline, /cancel and a number)`;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const rows = transferList(this.#model.transfers, { width, theme, hasBars: this.#hasBars() });
    this.#height = height;
    this.#top = Math.max(0, Math.min(this.#top, rows.length - height));
    return rows.slice(this.#top, this.#top + height);
  }

  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome {
    if (input.type === 'key' && (action === 'list-close' || action === 'list-choose'))
      return 'goes';
    const top = scrolled(this.#top, this.#height, input, action);
    if (top === undefined) return input.type === 'key' ? 'goes-unheard' : 'stays';
    this.#top = top;
    return 'stays';
  }
}

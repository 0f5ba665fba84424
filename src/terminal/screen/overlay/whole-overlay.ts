// Shows the whole of a message that is too long for the message pane: /full.

import type { Bindings } from '../input/bindings.ts';
import { formatTime } from '../../../client/wording/moment-words.ts';
import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';
import type { TimelineItem } from '../../../client/timeline/model.ts';
import { authorOf, itemWords } from '../../../client/wording/item-words.ts';
import type { OverlayOutcome, Overlay } from './overlay.ts';
import { scrolled } from '../draw/scrolled.ts';
import { fit, wrap, type TextSlice } from '../draw/text.ts';

export class WholeOverlay implements Overlay {
  readonly title: string;
  readonly #text: string;
  #wrapped: { readonly width: number; readonly pieces: readonly TextSlice[] } | undefined;
  #top = 0;
  #height = 1;

  constructor(entry: TimelineItem, bindings: Bindings) {
    this.#text = itemWords(entry);
    const author = authorOf(entry);
    const whose = author === undefined ? 'All of it' : `${author}, ${formatTime(entry.at)}`;
    this.title = `${whose}  (${bindings.word('list-close')} closes it)`;
  }

  rows(width: number, height: number): readonly string[] {
    const room = width - 2;
    if (this.#wrapped?.width !== width) {
      this.#wrapped = { width, pieces: wrap(this.#text, room, room) };
    }
    const { pieces } = this.#wrapped;
    this.#height = height;
    this.#top = Math.max(0, Math.min(this.#top, pieces.length - height));
    return pieces
      .slice(this.#top, this.#top + height)
      .map(({ start, end }) => ` ${fit(this.#text.slice(start, end), width - 1)}`);
  }

  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome {
    if (action === 'list-close' || action === 'list-choose') return 'goes';
    const top = scrolled(this.#top, this.#height, input, action);
    if (top === undefined) return input.type === 'key' ? 'goes-unheard' : 'stays';
    this.#top = top;
    return 'stays';
  }
}

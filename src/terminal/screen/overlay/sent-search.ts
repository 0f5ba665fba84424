// Searches the person's earlier messages in this conversation, and puts one into the input again. The newest is first,
// as in a shell.

import type { Bindings } from '../input/bindings.ts';
import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';
import { ListCursor } from './list-cursor.ts';
import type { TimelineItems } from '../../../client/timeline/model.ts';
import type { OverlayOutcome, Overlay } from './overlay.ts';
import { fit } from '../draw/text.ts';
import type { Theme } from '../draw/theme.ts';
import { InputField } from '../input/input-field.ts';

/** How many items of everybody are searched, at most. */
const maxEntries = 10_000;

/** The sent texts, newest first and each once: those of this run (`history`, with commands), then earlier ones. */
export function sentTexts(history: readonly string[], entries: TimelineItems): readonly string[] {
  const texts = new Set(history);
  const oldest = Math.max(0, entries.length - maxEntries);
  for (let index = entries.length - 1; index >= oldest; index--) {
    const entry = entries.at(index);
    if (entry?.kind !== 'message' || !entry.isOwn) continue;
    if (entry.content.kind === 'text') texts.add(entry.content.text);
  }
  return [...texts];
}

export class SentSearch implements Overlay {
  readonly title = 'What you sent here';
  readonly #texts: readonly string[];
  readonly #bindings: Bindings;
  readonly #take: (text: string) => void;
  readonly #query = new InputField({ maxLength: 200, allowed: /[^\p{Cc}]/u });
  readonly #cursor = new ListCursor();

  /** `texts`: newest first. `take` gets the chosen one. */
  constructor(texts: readonly string[], bindings: Bindings, take: (text: string) => void) {
    this.#texts = texts;
    this.#bindings = bindings;
    this.#take = take;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const found = this.#found();
    const room = Math.max(1, height - 2);
    const start = this.#cursor.window(found.length, room);
    const word = (action: KeyAction): string => this.#bindings.word(action);
    const hint = `${word('search-sent')}, ${word('list-down')} older; ${word('list-choose')} puts it into the text; ${word('list-close')} does not`;
    return [
      ` ${theme.paint('strong', 'Sent:')} ${fit(this.#query.text, width - 12)}${theme.paint('bar', ' ')}`,
      theme.paint('dim', fit(` ${hint}`, width)),
      ...found.slice(start, start + room).map((text, index) => {
        const isChosen = index + start === this.#cursor.index;
        const row = fit(`${isChosen ? '▌ ' : '  '}${text.replaceAll('\n', ' ⏎ ')} `, width);
        return isChosen ? theme.paint('chosen', row) : row;
      }),
      ...(found.length === 0 ? [theme.paint('dim', '  nothing like it was sent here')] : []),
    ];
  }

  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome {
    if (action === 'list-close') return 'goes';
    if (action === 'list-choose') {
      const text = this.#found()[this.#cursor.index];
      if (text !== undefined) this.#take(text);
      return 'goes';
    }
    if (action === 'search-sent' || action === 'complete') this.#cursor.index += 1;
    else if (!this.#cursor.input(input, action) && this.#query.input(input, action)) {
      this.#cursor.index = 0;
    }
    return 'stays';
  }

  #found(): readonly string[] {
    const query = this.#query.text.toLowerCase();
    return this.#texts.filter((text) => text.toLowerCase().includes(query));
  }
}

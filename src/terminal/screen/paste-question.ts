// Many lines were pasted: asks what is to become of them. Nothing of them is ever a command or an address.

import type { Input } from './input-reader.ts';
import type { Answer, Overlay } from './overlay.ts';
import { fit } from './text.ts';
import type { Theme } from './theme.ts';

export interface PasteAnswers {
  /** Each line is a message. */
  say(lines: readonly string[]): void;
  /** Into the text, to go on writing. */
  edit(lines: readonly string[]): void;
}

/** More lines at once are never said, only put into the text. */
export const maxPastedMessages = 200;

export class PasteQuestion implements Overlay {
  readonly title = 'Pasted';
  readonly #lines: readonly string[];
  readonly #place: string;
  readonly #answers: PasteAnswers;

  /** `place`: where they would be said, for people. */
  constructor(lines: readonly string[], place: string, answers: PasteAnswers) {
    this.#lines = lines;
    this.#place = place;
    this.#answers = answers;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const lines = this.#lines;
    const key = (name: string, words: string): string =>
      `  ${theme.paint('key', name)}  ${fit(words, width - name.length - 5)}`;
    const head = [
      ` ${theme.paint('strong', fit(`You pasted ${lines.length} lines. What is to become of them?`, width - 2))}`,
      '',
      key('Enter', 'put them into the text, to read them over'),
      ...(this.#canSay
        ? [key('s    ', `send them as ${lines.length} messages to ${this.#place}`)]
        : []),
      key('Esc  ', 'drop them'),
      '',
    ];
    const room = Math.max(0, height - head.length);
    const shown = lines
      .slice(0, room)
      .map((line) => theme.paint('dim', ` ┊ ${fit(line, width - 4)}`));
    return [...head, ...shown].slice(0, height);
  }

  input(input: Input): Answer {
    if (input.type !== 'key') return 'stays';
    if (input.name === 'enter') this.#answers.edit(this.#lines);
    else if (input.raw === 's' && this.#canSay) this.#answers.say(this.#lines);
    else return input.name === 'escape' || input.name === 'ctrl+c' ? 'goes' : 'stays';
    return 'goes';
  }

  get #canSay(): boolean {
    return this.#lines.length <= maxPastedMessages;
  }
}

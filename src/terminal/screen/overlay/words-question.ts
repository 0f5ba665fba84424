// Asks for the recovery words that hold, and shows none of them: only how many there are.

import { oldWordsAsked } from '../../../client/wording/recovery-words.ts';
import type { Bindings } from '../input/bindings.ts';
import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';
import type { OverlayOutcome, Overlay } from './overlay.ts';
import { fit, wrap } from '../draw/text.ts';
import type { Theme } from '../draw/theme.ts';
import { InputField } from '../input/input-field.ts';

/** Twelve words have at most a hundred letters. */
const maxLength = 1000;

export class WordsQuestion implements Overlay {
  readonly title = 'Recovery words';
  readonly isQuestion = true;
  readonly #bindings: Bindings;
  readonly #answer: (typed: string | undefined) => void;
  readonly #words = new InputField({ maxLength, allowed: /[ -~]/ });

  constructor(bindings: Bindings, answer: (typed: string | undefined) => void) {
    this.#bindings = bindings;
    this.#answer = answer;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const count = this.#words.text.match(/[a-z]+/gi)?.length ?? 0;
    const room = Math.max(1, width - 2);
    const question = `${oldWordsAsked}. They are not shown as you type.`;
    return [
      '',
      ...wrap(question, room, room).map(({ start, end }) => ` ${question.slice(start, end)}`),
      '',
      ` ${theme.paint('strong', fit(`${count} typed`, width - 4))}${theme.paint('bar', ' ')}`,
      '',
      theme.paint(
        'dim',
        fit(
          ` ${this.#bindings.word('list-choose')} gives them, ${this.#bindings.word('list-close')} leaves it.`,
          width,
        ),
      ),
    ].slice(0, height);
  }

  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome {
    if (action === 'list-choose' || action === 'list-close') {
      const typed = action === 'list-choose' ? this.#words.text.trim() : '';
      this.#answer(typed === '' ? undefined : typed);
      return 'goes';
    }
    // Pasted lines are words, too.
    const isPaste = input.type === 'paste';
    this.#words.input(
      isPaste ? { ...input, text: input.text.replace(/\s+/g, ' ') } : input,
      action,
    );
    return 'stays';
  }
}

// Asks a newcomer for the code that the server wants, once; without one they come in as a guest.

import type { Input } from './input-reader.ts';
import type { Answer, Overlay } from './overlay.ts';
import { fit } from './text.ts';
import type { Theme } from './theme.ts';

const maxCodeLength = 200;

export class InviteQuestion implements Overlay {
  readonly title = 'Welcome';
  readonly #why: 'needed' | 'invalid';
  readonly #answer: (code: string | undefined) => void;
  #code = '';

  constructor(why: 'needed' | 'invalid', answer: (code: string | undefined) => void) {
    this.#why = why;
    this.#answer = answer;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const reason =
      this.#why === 'needed'
        ? 'Your name is new here, and the server asks newcomers for an invite code.'
        : 'The server does not know that code, or somebody has used it.';
    return [
      '',
      ` ${fit(reason, width - 2)}`,
      '',
      ` ${theme.paint('strong', 'Code:')} ${fit(this.#code, width - 10)}${theme.paint('bar', ' ')}`,
      '',
      theme.paint('dim', fit(' Enter gives it; without a code you come in as a guest.', width)),
    ].slice(0, height);
  }

  input(input: Input): Answer {
    if (input.type === 'paste') this.#add(input.text.trim());
    if (input.type !== 'key') return 'stays';
    switch (input.name) {
      case 'enter':
        this.#answer(this.#code === '' ? undefined : this.#code);
        return 'goes';
      case 'escape':
      case 'ctrl+c':
        this.#answer(undefined);
        return 'goes';
      case 'backspace':
        this.#code = this.#code.slice(0, -1);
        return 'stays';
      case 'ctrl+u':
        this.#code = '';
        return 'stays';
      default:
        this.#add(input.raw);
        return 'stays';
    }
  }

  #add(text: string): void {
    if (/^[!-~]*$/.test(text)) this.#code = (this.#code + text).slice(0, maxCodeLength);
  }
}

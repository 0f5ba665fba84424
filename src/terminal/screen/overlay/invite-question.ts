// Asks a new user once for the code that the server requires. Without one they log in as a guest, or not at all.

import type { Bindings } from '../input/bindings.ts';
import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';
import type { OverlayOutcome, Overlay } from './overlay.ts';
import { fit } from '../draw/text.ts';
import type { Theme } from '../draw/theme.ts';
import { InputField } from '../input/input-field.ts';

const maxCodeLength = 200;

export class InviteQuestion implements Overlay {
  readonly title = 'Welcome';
  readonly isQuestion = true;
  readonly #why: 'needed' | 'invalid';
  readonly #orGuest: boolean;
  readonly #bindings: Bindings;
  readonly #answer: (code: string | undefined) => void;
  readonly #code = new InputField({ maxLength: maxCodeLength, allowed: /[!-~]/ });

  constructor(
    why: 'needed' | 'invalid',
    orGuest: boolean,
    bindings: Bindings,
    answer: (code: string | undefined) => void,
  ) {
    this.#why = why;
    this.#orGuest = orGuest;
    this.#bindings = bindings;
    this.#answer = answer;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const reason =
      this.#why === 'needed'
        ? 'Your name is new here, and the server asks newcomers for an invite code.'
        : 'The server does not know that code, or somebody has used it.';
    const without = this.#orGuest ? 'log in as a guest' : 'leave';
    return [
      '',
      ` ${fit(reason, width - 2)}`,
      '',
      ` ${theme.paint('strong', 'Code:')} ${fit(this.#code.text, width - 10)}${theme.paint('bar', ' ')}`,
      '',
      theme.paint(
        'dim',
        fit(
          ` ${this.#bindings.word('list-choose')} gives it; without a code you ${without}.`,
          width,
        ),
      ),
    ].slice(0, height);
  }

  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome {
    if (action === 'list-choose' || action === 'list-close') {
      const code = action === 'list-choose' ? this.#code.text : '';
      this.#answer(code === '' ? undefined : code);
      return 'goes';
    }
    this.#code.input(input, action);
    return 'stays';
  }
}

// Leaving by a key: Ctrl-C clears the input before it means leaving, and the person is warned of drafts elsewhere
// before they are lost. Does not know what leaving does.

import type { Bindings } from './input/bindings.ts';
import type { KeyAction } from './input/key-table.ts';
import type { ConversationFocus } from './conversation-focus.ts';

export interface ExitKeysOptions {
  readonly focus: ConversationFocus;
  readonly bindings: Bindings;
  /** After everything was sent, or at once. */
  readonly leave: (how: 'settled' | 'at-once') => void;
  readonly remark: (text: string) => void;
}

export class ExitKeys {
  readonly #options: ExitKeysOptions;
  /** The person was told what this does when it is pressed again. */
  #warned: 'clear' | 'leave' | undefined;

  constructor(options: ExitKeysOptions) {
    this.#options = options;
  }

  /** A key with this action was pressed. If it is not the one of the warning, the warning no longer counts. */
  receive(action: KeyAction | undefined): void {
    if (action !== this.#warned) this.#warned = undefined;
  }

  /** Clears the input, which can be restored. If it is empty, leaves at the second press. */
  clear(): void {
    const { focus, bindings, leave, remark } = this.#options;
    const { draft } = focus.view;
    if (!draft.isEmpty) {
      draft.clear();
      remark(`cleared; ${bindings.word('yank')} brings it back`);
    } else if (this.#warned === 'clear') {
      leave('at-once');
    } else {
      this.#warn('clear', 'again leaves at once, /quit when all is sent');
    }
  }

  /** Leaves after everything was sent. If there are drafts elsewhere, at the second press. */
  leave(): void {
    const { focus, leave } = this.#options;
    if (this.#warned === 'leave' || focus.draftsElsewhere().length === 0) leave('settled');
    else this.#warn('leave', 'again leaves');
  }

  #warn(action: 'clear' | 'leave', words: string): void {
    const { focus, bindings, remark } = this.#options;
    this.#warned = action;
    const unsent = focus.draftsElsewhere().join(', ');
    const more =
      unsent === '' ? '' : `; what you have typed in ${unsent} stays there for the next time`;
    remark(`${bindings.word(action)} ${words}${more}`);
  }
}

// The port of an overlay, which covers the panes for a while and takes the keys: the help, the switcher, a question.

import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction, KeyPlace } from '../input/key-table.ts';
import type { Theme } from '../draw/theme.ts';

/** What becomes of an overlay: it goes; or it goes, and what came was not for it. */
export type OverlayOutcome = 'stays' | 'goes' | 'goes-unheard';

export interface Overlay {
  readonly title: string;
  /** Whose keys are its own; a list's unless it says otherwise. */
  readonly keyPlace?: Exclude<KeyPlace, 'screen'>;
  /** A question: a click that was meant for something else is no answer, so the mouse is off. */
  readonly isQuestion?: true;
  /** Its rows, at most `height`, each at most `width` columns. */
  rows(width: number, height: number, theme: Theme): readonly string[];
  /** Takes a key or a paste. `action`: what the key does here, or else in the text. */
  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome;
}

// The port of an overlay, which covers the panes for a while and takes the keys: the help, the switcher, a question.

import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction, KeyPlace } from '../input/key-table.ts';
import type { Theme } from '../draw/theme.ts';

/** The result of an input: the overlay stays; it closes; or it closes, and the input was not for it. */
export type OverlayOutcome = 'stays' | 'goes' | 'goes-unheard';

export interface Overlay {
  readonly title: string;
  /** The place whose keys it uses. A list's by default. */
  readonly keyPlace?: Exclude<KeyPlace, 'screen'>;
  /** It is a question: a click that was meant for something else must not answer it, so the mouse is off. */
  readonly isQuestion?: true;
  /** Its rows: at most `height`, each with at most `width` columns. */
  rows(width: number, height: number, theme: Theme): readonly string[];
  /** Handles a key or a paste. `action`: the action of the key here, or else in the text. */
  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome;
}

// What can lie over the panes for a while and takes the keys: the help, the switcher, a question.

import type { Input } from './input-reader.ts';
import type { Theme } from './theme.ts';

/** What becomes of an overlay: it goes; or it goes, and what came was not for it. */
export type Answer = 'stays' | 'goes' | 'goes-unheard';

export interface Overlay {
  readonly title: string;
  /** Its rows, at most `height`, each at most `width` columns. */
  rows(width: number, height: number, theme: Theme): readonly string[];
  /** Takes a key or a paste. */
  input(input: Input): Answer;
}

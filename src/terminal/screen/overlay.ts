// What can lie over the panes for a while and takes the keys: the help, the switcher, a question.

import type { Input } from './input-reader.ts';
import type { Theme } from './theme.ts';

export interface Overlay {
  readonly title: string;
  /** Its rows, at most `height`, each at most `width` columns. */
  rows(width: number, height: number, theme: Theme): readonly string[];
  /** Takes a key or a paste; answers whether it is over. */
  input(input: Input): boolean;
}

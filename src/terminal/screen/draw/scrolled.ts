// The position of a window over rows after a key or the wheel. Pure.

import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';

const wheelRows = 3;

/** The first row in the window, before it is limited to the rows. Undefined if the input does not scroll. */
export function scrolled(
  top: number,
  height: number,
  input: TerminalInput,
  action: KeyAction | undefined,
): number | undefined {
  if (input.type === 'wheel') return top + (input.up ? -wheelRows : wheelRows);
  switch (action) {
    case 'list-up':
      return top - 1;
    case 'list-down':
      return top + 1;
    case 'list-page-up':
      return top - Math.max(1, height - 1);
    case 'list-page-down':
      return top + Math.max(1, height - 1);
    case 'list-first':
      return 0;
    case 'list-last':
      return Infinity;
    default:
      return undefined;
  }
}

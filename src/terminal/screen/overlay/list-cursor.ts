// Which item of a list is selected, and which of them are in the window. Pure.

import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';

const wheelRows = 3;

export class ListCursor {
  #index = 0;
  #count = 0;
  #height = 1;

  get index(): number {
    return this.#index;
  }

  set index(index: number) {
    this.#index = index;
  }

  /** The index of the first item in a window of `height` over `count` items. */
  window(count: number, height: number): number {
    this.#count = count;
    this.#height = Math.max(1, height);
    this.#index = Math.max(0, Math.min(this.#index, count - 1));
    return Math.max(0, this.#index - this.#height + 1);
  }

  /** Applies a key that moves it. Returns whether it was one. */
  input(input: TerminalInput, action: KeyAction | undefined): boolean {
    const by = input.type === 'wheel' ? (input.up ? -wheelRows : wheelRows) : this.#stepOf(action);
    if (by === undefined) return false;
    this.#index = Math.max(0, Math.min(this.#index + by, this.#count - 1));
    return true;
  }

  #stepOf(action: KeyAction | undefined): number | undefined {
    switch (action) {
      case 'list-up':
        return -1;
      case 'list-down':
        return 1;
      case 'list-page-up':
        return 1 - Math.max(2, this.#height);
      case 'list-page-down':
        return Math.max(2, this.#height) - 1;
      case 'list-first':
        return -Infinity;
      case 'list-last':
        return Infinity;
      default:
        return undefined;
    }
  }
}

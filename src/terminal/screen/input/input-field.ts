// A one-line input in an overlay: a search, a code. The cursor is always at its end.

import { typedBy, type TerminalInput } from './input-reader.ts';
import type { KeyAction } from './key-table.ts';
import { graphemesOf } from '../../../lib/graphemes.ts';

export interface InputFieldOptions {
  readonly maxLength: number;
  /** The allowed characters. Others are ignored. */
  readonly allowed: RegExp;
  /** The initial text. */
  readonly text?: string;
}

export class InputField {
  readonly #options: InputFieldOptions;
  #text: string;

  constructor(options: InputFieldOptions) {
    this.#options = options;
    this.#text = options.text ?? '';
  }

  get text(): string {
    return this.#text;
  }

  /** Applies typed, pasted or deleted text. Returns whether the text has changed. */
  input(input: TerminalInput, action: KeyAction | undefined): boolean {
    const before = this.#text;
    if (input.type === 'paste') this.#add(input.text.trim());
    if (input.type === 'key') this.#key(input.raw, action);
    return this.#text !== before;
  }

  #key(raw: string, action: KeyAction | undefined): void {
    switch (action) {
      case 'delete-back':
        this.#text = this.#text.slice(0, graphemesOf(this.#text).at(-1)?.index ?? 0);
        return;
      case 'delete-word-back':
        this.#text = this.#text.trimEnd().replace(/(?<!\S)\S+$/, '');
        return;
      case 'delete-to-start':
        this.#text = '';
        return;
      default:
        if (action === undefined) this.#add(typedBy(raw) ?? '');
    }
  }

  #add(text: string): void {
    const { maxLength, allowed } = this.#options;
    const taken = Array.from(text).filter((character) => allowed.test(character));
    this.#text = (this.#text + taken.join('')).slice(0, maxLength);
  }
}

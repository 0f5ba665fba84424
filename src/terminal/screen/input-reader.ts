// From the bytes of the keyboard to what a person did: a key by its name, text, a paste, the mouse, a glance. Escape
// sequences come apart and together as the network wants; pi-tui's buffer puts them together.

import { parseKey, StdinBuffer } from './toolkit.ts';

export type Input =
  /** `raw` is for the editor. `name` as in `ctrl+n`; a letter is its own name. */
  | { readonly type: 'key'; readonly name: string | undefined; readonly raw: string }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'wheel'; readonly up: boolean; readonly column: number; readonly row: number }
  | { readonly type: 'click'; readonly column: number; readonly row: number }
  | { readonly type: 'focus'; readonly isOn: boolean };

// oxlint-disable-next-line no-control-regex -- the terminal's own reports
const mouseReport = /^\u001B\[<(\d+);(\d+);(\d+)([Mm])$/;
const wheelUp = 64;
const wheelDown = 65;

export class InputReader {
  readonly #buffer = new StdinBuffer({ timeout: 10 });

  constructor(heard: (input: Input) => void) {
    this.#buffer.on('data', (raw) => {
      const input = read(raw);
      if (input !== undefined) heard(input);
    });
    this.#buffer.on('paste', (text) => heard({ type: 'paste', text }));
  }

  push(text: string): void {
    this.#buffer.process(text);
  }

  close(): void {
    this.#buffer.destroy();
  }
}

function read(raw: string): Input | undefined {
  if (raw === '') return undefined;
  if (raw === '\u001B[I' || raw === '\u001B[O') return { type: 'focus', isOn: raw === '\u001B[I' };
  const [, button, column, row, kind] = mouseReport.exec(raw) ?? [];
  if (button !== undefined) {
    const place = { column: Number(column) - 1, row: Number(row) - 1 };
    const code = Number(button);
    if (code === wheelUp || code === wheelDown) {
      return { type: 'wheel', up: code === wheelUp, ...place };
    }
    return code === 0 && kind === 'M' ? { type: 'click', ...place } : undefined;
  }
  // Ctrl-J is no Enter here: it begins a new line.
  if (raw === '\n') return { type: 'key', name: 'ctrl+j', raw };
  const name = parseKey(raw);
  // What no key is known for is an answer of the terminal, or a key that means nothing here: never text.
  if (name === undefined && raw.startsWith('\u001B')) return undefined;
  return { type: 'key', name, raw };
}

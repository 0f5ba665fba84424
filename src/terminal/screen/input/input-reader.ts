// From the bytes of the keyboard to events: a key by its name, text, a paste, the mouse, focus; and the terminal's
// answers among them. Sequences arrive in arbitrary chunks: sequence-joiner.ts joins the pieces, paste-reader.ts takes
// out pastes, and pi-tui's buffer splits what came together.

import { parseKeyName } from './key-name.ts';
import { PasteReader } from './paste-reader.ts';
import { SequenceJoiner } from './sequence-joiner.ts';
import { readAnswer, type TerminalAnswer } from './terminal-answers.ts';
import { decodePrintableKey, parseKey, StdinBuffer } from '../toolkit.ts';

export type TerminalInput =
  /** `name` as in `ctrl+n`; a letter is its own name. `typedBy(raw)` is the character that it types. */
  | { readonly type: 'key'; readonly name: string | undefined; readonly raw: string }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'wheel'; readonly up: boolean; readonly column: number; readonly row: number }
  | { readonly type: 'click'; readonly column: number; readonly row: number }
  | { readonly type: 'focus'; readonly isOn: boolean }
  | TerminalAnswer;

// oxlint-disable-next-line no-control-regex -- the terminal's own reports
const mouseReport = /^\u001B\[<(\d+);(\d+);(\d+)([Mm])$/;
const wheelUp = 64;
const wheelDown = 65;

export class InputReader {
  readonly #buffer = new StdinBuffer();
  readonly #joiner: SequenceJoiner;
  readonly #pastes: PasteReader;

  constructor(receive: (input: TerminalInput) => void) {
    const take = (raw: string): void => {
      const input = read(raw);
      if (input !== undefined) receive(input);
    };
    this.#pastes = new PasteReader({
      keys: (text) => {
        this.#buffer.process(text);
        // The sequence is complete, or nothing followed it. What comes next is separate.
        for (const raw of this.#buffer.flush()) take(raw);
      },
      paste: (text) => receive({ type: 'paste', text }),
    });
    this.#joiner = new SequenceJoiner((text) => this.#pastes.push(text));
    this.#buffer.on('data', take);
  }

  push(text: string): void {
    this.#joiner.push(text);
  }

  close(): void {
    this.#joiner.close();
    this.#pastes.close();
    this.#buffer.destroy();
  }
}

function read(raw: string): TerminalInput | undefined {
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
  const answer = readAnswer(raw);
  if (answer !== undefined) return answer;
  const name = nameOf(raw);
  // An unknown sequence is an answer of the terminal, or a key without a meaning here: never text.
  if (name === undefined && raw.startsWith('\u001B')) return undefined;
  return { type: 'key', name, raw };
}

// oxlint-disable no-control-regex -- what terminals send
const altForm = /^\u001B([!-~])$/;
const functionForm = /^\u001B\[(?:1;(\d+)([PQRS])|(1[1-57-9]|2[0134]);(\d+)~)$/;
const homeEndForm = /^\u001B\[([14])(?=(?:;\d+)?~$)/;
const typingForm = /^[^\u0000-\u001F\u007F-\u009F]/;
// oxlint-enable no-control-regex
const functionNumbers = ['11', '12', '13', '14', '15', '17', '18', '19', '20', '21', '23', '24'];

/** The character that a key types. Undefined if it types none. */
export function typedBy(raw: string): string | undefined {
  return decodePrintableKey(raw) ?? (typingForm.test(raw) ? raw : undefined);
}

/** The name of a key, as in the tables. */
function nameOf(raw: string): string | undefined {
  // Ctrl-J is not Enter here: it begins a new line.
  if (raw === '\n') return 'ctrl+j';
  // Pressed twice in a row.
  if (raw === '\u001B\u001B') return 'escape';
  // pi-tui reads Alt-B, F, N and P as arrows, because some terminals send these for Alt with an arrow. That makes two
  // keys one. Here they stay letters, and the arrows of those terminals go by words, as in a shell.
  const [, letter] = altForm.exec(raw) ?? [];
  if (letter !== undefined) {
    return parseKeyName(`alt+${/[A-Z]/.test(letter) ? 'shift+' : ''}${letter}`);
  }
  const [, firstHeld, firstKey = '', number = '', held = firstHeld] = functionForm.exec(raw) ?? [];
  if (held !== undefined) {
    const index = firstKey === '' ? functionNumbers.indexOf(number) : 'PQRS'.indexOf(firstKey);
    return parseKeyName(`${heldIn(Number(held) - 1)}f${index + 1}`);
  }
  // Home and End of tmux, screen and the Linux console. pi-tui knows those of other terminals.
  const name = parseKey(
    raw.replace(homeEndForm, (_, key: string) => (key === '1' ? '\u001B[7' : '\u001B[8')),
  );
  return name === undefined || name.length === 1 ? name : (parseKeyName(name) ?? name);
}

function heldIn(bits: number): string {
  return `${bits & 1 ? 'shift+' : ''}${bits & 2 ? 'alt+' : ''}${bits & 4 ? 'ctrl+' : ''}`;
}

// Takes pastes out of the terminal's input: everything between the two marks is text, and nothing in it is a key. The
// second mark may never come (a lost connection, a program that printed the first): the keyboard must still work. So a
// paste ends when none of it has come for a while, and at once with Ctrl-C alone. What exceeds the cap is dropped up to
// its end.

const begin = '\u001B[200~';
const end = '\u001B[201~';

/** A longer paste is not a message. In UTF-16 units. */
export const maxPaste = 8_000_000;
/** A pause of this length ends a paste. What a person types afterwards is not part of it. */
const silenceMs = 3_000;
/** Longer input that arrives at once was not typed. */
const typedLength = 8;
/** Ctrl-C alone, from plain keyboards and from those with richer codes. */
// oxlint-disable-next-line no-control-regex -- what terminals send
const ctrlC = /^(?:\u0003|\u001B\[99;5(?::1)?u)$/;

export interface PasteHandlers {
  /** Input outside of pastes. */
  readonly keys: (text: string) => void;
  readonly paste: (text: string) => void;
}

type Pasting =
  | { readonly is: 'kept'; readonly parts: string[]; length: number }
  /** The paste exceeded the cap: the rest of it is awaited, and dropped. */
  | { readonly is: 'dropped' };

export class PasteReader {
  readonly #pasteHandlers: PasteHandlers;
  #pasting: Pasting | undefined;
  /** The end of the input, as far as it may be the beginning of the second mark. */
  #tail = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(pasteHandlers: PasteHandlers) {
    this.#pasteHandlers = pasteHandlers;
  }

  push(text: string): void {
    let rest = text;
    while (rest !== '')
      rest = this.#pasting === undefined ? this.#outside(rest) : this.#inside(rest);
  }

  /** Whether a paste has begun and not ended. */
  get isPasting(): boolean {
    return this.#pasting !== undefined;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #outside(text: string): string {
    const at = text.indexOf(begin);
    if (at < 0) {
      this.#pasteHandlers.keys(text);
      return '';
    }
    if (at > 0) this.#pasteHandlers.keys(text.slice(0, at));
    this.#pasting = { is: 'kept', parts: [], length: 0 };
    this.#tail = '';
    this.#wait();
    return text.slice(at + begin.length);
  }

  #inside(text: string): string {
    if (ctrlC.test(text)) {
      this.#finish();
      return text;
    }
    const seen = this.#tail + text;
    const at = seen.indexOf(end);
    if (at >= 0) {
      this.#keep(seen.slice(0, at));
      this.#tail = '';
      this.#finish();
      return seen.slice(at + end.length);
    }
    const kept = seen.length - Math.min(seen.length, end.length - 1);
    this.#keep(seen.slice(0, kept));
    this.#tail = seen.slice(kept);
    if (text.length > typedLength) this.#wait();
    return '';
  }

  #keep(text: string): void {
    const pasting = this.#pasting;
    if (pasting?.is !== 'kept' || text === '') return;
    pasting.parts.push(text.slice(0, maxPaste - pasting.length));
    pasting.length += text.length;
    if (pasting.length <= maxPaste) return;
    this.#pasting = { is: 'dropped' };
    this.#pasteHandlers.paste(pasting.parts.join(''));
  }

  #finish(): void {
    clearTimeout(this.#timer);
    const pasting = this.#pasting;
    this.#keep(this.#tail);
    this.#tail = '';
    this.#pasting = undefined;
    if (pasting?.is === 'kept' && pasting.length <= maxPaste) {
      this.#pasteHandlers.paste(pasting.parts.join(''));
    }
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#finish(), silenceMs);
  }
}

// Joins what the network split: a key, a click or an answer of the terminal is one sequence of bytes, and may arrive in
// pieces. A piece that could be a key of its own is held only as long as nobody notices. A piece that nobody types is
// held longer, because the rest of it would otherwise become text.

const escape = '\u001B';
/** For Escape pressed alone, or the beginning of any sequence. */
const aloneMs = 10;
/** For Alt with a bracket or with O, or the beginning of a sequence. */
const startMs = 50;
/** For beginnings that nobody types. */
const sequenceMs = 500;
const answerMs = 2_000;

// oxlint-disable no-control-regex -- what terminals send
const unfinished = /\u001B{1,2}(?:\[\[?[0-?]*|O|\](?:\d{1,4}(?:;[ -~]{0,64})?\u001B?)?)?$/;
// How an answer or a click continues if its Escape was released as a key.
const lateAnswer = /^(?:\]11;|\[\?\d|\[<(?:\d|$))/;
// Some terminals send Escape before the sequence of a key, for Alt.
const altArrow = /\u001B\u001B\[([A-DHF])/g;
const altKey = /\u001B\u001B\[(\d+)~/g;
// F1 to F5 of the Linux console, and pages of some: the only sequences whose second bracket does not end them.
const consoleKey = /\u001B\[\[(?:([A-E])|(?=\d+~))/g;
const escapes = /^\u001B{1,2}/;
// oxlint-enable no-control-regex
const consoleCodes: Readonly<Record<string, string>> = {
  A: '11~',
  B: '12~',
  C: '13~',
  D: '14~',
  E: '15~',
};

export class SequenceJoiner {
  readonly #forward: (text: string) => void;
  #held = '';
  #timer: NodeJS.Timeout | undefined;
  #hasLetEscapeGo = false;

  /** `forward` gets whole sequences, and pieces that were released because nothing followed. */
  constructor(forward: (text: string) => void) {
    this.#forward = forward;
  }

  push(chunk: string): void {
    clearTimeout(this.#timer);
    const isAnswer = this.#hasLetEscapeGo && lateAnswer.test(chunk);
    const text = (isAnswer ? escape : this.#held) + chunk;
    this.#hasLetEscapeGo = false;
    const start = unfinished.exec(text)?.index ?? text.length;
    this.#held = text.slice(start);
    if (start > 0) this.#hand(text.slice(0, start));
    if (this.#held !== '') this.#timer = setTimeout(() => this.#letGo(), patience(this.#held));
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #letGo(): void {
    const held = this.#held;
    this.#held = '';
    this.#hasLetEscapeGo = held === escape;
    this.#hand(held);
  }

  #hand(text: string): void {
    this.#forward(
      text
        .replaceAll(altArrow, `${escape}[1;3$1`)
        .replaceAll(altKey, `${escape}[$1;3~`)
        .replaceAll(
          consoleKey,
          (_, letter: string = '') => `${escape}[${consoleCodes[letter] ?? ''}`,
        ),
    );
  }
}

function patience(held: string): number {
  const rest = held.replace(escapes, '');
  if (rest === '') return aloneMs;
  if (rest.length === 1) return startMs;
  return rest.startsWith(']') ? answerMs : sequenceMs;
}

// Questions to the person at the terminal, one after the other, on lines of their own, before the chat itself,
// whether that is a full screen or lines. Owns the terminal from the first question to `close`; does not know what is
// asked.
import { createInterface, type Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { Keyboard } from '../../terminal/line/keyboard.ts';
import { wrapWords } from '../../terminal/line/wrap.ts';

export class Questions {
  readonly #output: WriteStream;
  readonly #readline: Interface;
  /** Kept when the person leaves (Ctrl-C, Ctrl-D). */
  readonly left: Promise<undefined>;
  #isClosed = false;

  constructor(input: ReadStream, output: WriteStream) {
    this.#output = output;
    const keyboard = new Keyboard(input, { beforeEnter: () => {}, afterKey: () => {} });
    this.#readline = createInterface({ input: keyboard, output, terminal: true, historySize: 0 });
    this.left = new Promise((resolve) => {
      this.#readline.once('close', () => {
        // What follows begins in a row of its own.
        if (!this.#isClosed) output.write('\n');
        resolve(undefined);
      });
    });
    keyboard.feed(this.#readline);
  }

  /** What the person answers, without blanks around it; `typed` is there already, to be changed. Undefined: they left. */
  async ask(question: string, typed = ''): Promise<string | undefined> {
    const answer = new Promise<string>((resolve) => this.#readline.question(question, resolve));
    if (typed !== '') this.#readline.write(typed);
    return (await Promise.race([answer, this.left]))?.trim();
  }

  /** Says something, a paragraph at a time, in the width of the terminal. */
  say(...paragraphs: readonly string[]): void {
    for (const paragraph of paragraphs) {
      this.#output.write(`${wrapWords(paragraph, this.#output.columns, '')}\n`);
    }
  }

  /** Gives the terminal back. */
  close(): void {
    this.#isClosed = true;
    this.#readline.close();
  }
}

// Questions to the person at the terminal, one after the other, on lines of their own, before the chat itself, whether
// that is a full screen or lines. Owns the terminal from the first question to `close`. Does not know the questions.
import { createInterface, type Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { Keyboard } from '../../terminal/line/keyboard.ts';
import { wrapWords } from '../../terminal/line/wrap.ts';

export class Questions {
  readonly #output: WriteStream;
  readonly #readline: Interface;
  /** Resolves when the person leaves (Ctrl-C, Ctrl-D). */
  readonly left: Promise<undefined>;
  #isClosed = false;

  constructor(input: ReadStream, output: WriteStream) {
    this.#output = output;
    const keyboard = new Keyboard(input, { beforeEnter: () => {}, afterKey: () => {} });
    this.#readline = createInterface({ input: keyboard, output, terminal: true, historySize: 0 });
    this.left = new Promise((resolve) => {
      this.#readline.once('close', () => {
        // The next output begins on its own line.
        if (!this.#isClosed) output.write('\n');
        resolve(undefined);
      });
    });
    keyboard.feed(this.#readline);
  }

  /** The person's answer, without blanks around it. `typed` is the text to begin with. Undefined: the person left. */
  async ask(question: string, typed = ''): Promise<string | undefined> {
    const answer = new Promise<string>((resolve) => this.#readline.question(question, resolve));
    if (typed !== '') this.#readline.write(typed);
    return (await Promise.race([answer, this.left]))?.trim();
  }

  /** Prints paragraphs, wrapped to the width of the terminal. */
  say(...paragraphs: readonly string[]): void {
    for (const paragraph of paragraphs) {
      this.#output.write(`${wrapWords(paragraph, this.#output.columns, '')}\n`);
    }
  }

  /** Restores the terminal. */
  close(): void {
    this.#isClosed = true;
    this.#readline.close();
  }
}

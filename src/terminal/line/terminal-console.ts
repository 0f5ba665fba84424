// The console of a person at a terminal: a prompt with line editing and history; lines of others appear above it
// without touching the input. Uses Node's readline, which knows the keys and the width of characters. Owns the
// terminal's state from `start` to `close`.

import { createInterface, type Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { ok } from '../../lib/result.ts';
import { Keyboard } from './keyboard.ts';
import type { Console, ConsoleHandlers } from './console.ts';
import type { PrintedLine } from '../../client/wording/printed-line.ts';
import type { Style } from './style.ts';
import { oneRow } from './wrap.ts';

export interface TerminalConsoleOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly style: Style;
}

const promptText = '> ';
const historySize = 1000;
/** Lines that are typed or pasted and not handled yet. Beyond that, the keyboard waits. */
const maxWaitingLines = 1000;

const clearDown = '\u001B[0J';
const up = (rows: number) => (rows > 0 ? `\u001B[${rows}A` : '');

// Of the rows that its input takes, readline remembers the cursor's, in this property, to go back up when it draws
// again. It is not in its documentation, but has been there under this name in every version since Node 0.8.
type Rows = Interface & { prevRows: number; readonly paused?: boolean };

export class TerminalConsole implements Console {
  readonly interactive = true;
  readonly #options: TerminalConsoleOptions;
  readonly #keyboard: Keyboard;
  readonly #readline: Rows;
  #handlers: ConsoleHandlers | undefined;
  readonly #waiting: string[] = [];
  #isHandling = false;
  #hasEnded = false;
  #isClosed = false;
  /** Printed in this turn of the event loop, drawn at its end: a hundred lines at once are one redraw. */
  #undrawn = '';
  /** Shown as the first row of the prompt, so that readline itself keeps it in place. */
  #status: string | undefined;
  #isPrompting = false;

  constructor(options: TerminalConsoleOptions) {
    const { input, output } = options;
    this.#options = options;
    // Before readline's own: after a resize most terminals have broken the lines anew, so that the input begins as many
    // rows above the cursor as the new width makes them. (Where one has not, a piece of the old input stays behind;
    // the other way round, somebody's words would be erased.)
    output.on('resize', () => {
      if (!this.#isClosed) this.#readline.prevRows = this.#readline.getCursorPos().rows;
    });
    // An entered line stays on the screen; the progress of that moment does not.
    this.#keyboard = new Keyboard(input, {
      beforeEnter: () => this.#showPrompt(undefined),
      afterKey: () => this.#handlers?.afterKey(),
    });
    this.#readline = createInterface({
      input: this.#keyboard,
      output,
      completer: (line: string) => {
        const [candidates, word] = this.#handlers?.complete(line) ?? [[], line];
        return [[...candidates], word];
      },
      prompt: '',
      terminal: true,
      historySize,
      removeHistoryDuplicates: true,
    }) as Rows;
  }

  get unfinished(): string {
    return this.#readline.line;
  }

  start(handlers: ConsoleHandlers): void {
    this.#handlers = handlers;
    const readline = this.#readline;
    readline.on('line', (line) => {
      this.#waiting.push(line);
      if (this.#waiting.length >= maxWaitingLines) readline.pause();
      else this.#showPrompt(this.#status);
      void this.#handle(handlers);
    });
    this.#options.output.once('error', () => handlers.onGone());
    readline.on('SIGINT', () => handlers.onCtrlC());
    // Ctrl-Z and fg: readline comes back paused.
    readline.on('SIGCONT', () => {
      readline.prompt(true);
      handlers.afterKey();
    });
    readline.on('close', () => {
      // Typed text is gone, and must disappear.
      if (!this.#isClosed) this.#options.output.write(this.#toInputStart());
      this.#hasEnded = true;
      void this.#handle(handlers);
    });
    this.#keyboard.feed(readline);
    readline.prompt();
  }

  print(line: PrintedLine): void {
    if (this.#isClosed) return;
    if (this.#undrawn === '') setImmediate(() => this.#draw());
    this.#undrawn += `${this.#options.style(line)}\n`;
  }

  prompt(): void {
    this.#draw();
    this.#isPrompting = true;
    this.#showPrompt(this.#status);
  }

  status(text: string | undefined): void {
    if (text === this.#status || this.#isClosed) return;
    this.#status = text;
    this.#showPrompt(text);
  }

  putBack(text: string): boolean {
    if (this.#isClosed || this.#hasEnded || this.unfinished !== '') return false;
    this.#readline.write(text);
    return true;
  }

  clearUnfinished(): void {
    // By its keys, so that Ctrl-Y restores the text.
    this.#readline.write(null, { ctrl: true, name: 'e' });
    this.#readline.write(null, { ctrl: true, name: 'u' });
  }

  readHidden(): Promise<string | undefined> {
    return this.#keyboard.readHidden();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#draw(true);
    this.#isClosed = true;
    this.#readline.close();
  }

  /** Draws what was printed above the prompt, and the prompt again with the typed text. */
  #draw(isLast = false): void {
    if (this.#isClosed || (this.#undrawn === '' && !isLast)) return;
    const text = this.#undrawn;
    this.#undrawn = '';
    const { output } = this.#options;
    if (this.#hasEnded) {
      output.write(text);
      return;
    }
    output.write(`${this.#toInputStart()}${text}`);
    this.#readline.prevRows = 0;
    if (!isLast) this.#readline.prompt(true);
  }

  #showPrompt(status: string | undefined): void {
    if (!this.#isPrompting || this.#hasEnded) return;
    // One row: what is drawn repeatedly must not jump.
    const row = oneRow(status ?? '', this.#options.output.columns);
    this.#readline.setPrompt(status === undefined ? promptText : `${row}\n${promptText}`);
    this.#readline.prompt(true);
  }

  /** Moves to where the prompt begins, and clears from there. */
  #toInputStart(): string {
    return `${up(this.#readline.getCursorPos().rows)}\r${clearDown}`;
  }

  async #handle(handlers: ConsoleHandlers): Promise<void> {
    if (this.#isHandling) return;
    this.#isHandling = true;
    for (let line = this.#waiting.shift(); line !== undefined; line = this.#waiting.shift()) {
      await handlers.onLine(ok(line));
      const isRoom = this.#waiting.length < maxWaitingLines;
      if (isRoom && this.#readline.paused && !this.#hasEnded) this.#readline.prompt(true);
    }
    this.#isHandling = false;
    if (this.#hasEnded) handlers.onEnd();
  }
}

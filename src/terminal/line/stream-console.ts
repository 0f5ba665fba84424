// The console of scripts, and of terminals that can only print: lines in, lines out, without line editing. In a pipe
// version 1's lines go to stdout and everything else to stderr, without colours and prompts. Reads no faster than lines
// are handled.

import type { Writable } from 'node:stream';
import type { Console, ConsoleHandlers } from './console.ts';
import type { LineSource } from './line-source.ts';
import type { PrintedLine } from '../../client/wording/printed-line.ts';
import { pipeStyle, terminalStyle, type Style } from './style.ts';

export interface StreamConsoleOptions {
  readonly input: LineSource;
  readonly output: Writable;
  readonly errors: Writable;
  /** A person reads and writes, on one screen. */
  readonly interactive: boolean;
  /** The width of the terminal behind `output`; Infinity if there is none. */
  readonly columns: () => number;
}

export class StreamConsole implements Console {
  readonly interactive: boolean;
  readonly unfinished = '';
  readonly #options: StreamConsoleOptions;
  readonly #style: Style;
  readonly #pipeStyle: Style;
  #handlers: ConsoleHandlers | undefined;
  #isFull = false;
  #isClosed = false;

  constructor(options: StreamConsoleOptions) {
    this.#options = options;
    this.interactive = options.interactive;
    this.#style = terminalStyle(false, options.columns);
    this.#pipeStyle = pipeStyle(options.columns);
    options.output.on('drain', () => this.#setFull(false));
    options.output.once('error', () => this.#gone());
  }

  start(handlers: ConsoleHandlers): void {
    this.#handlers = handlers;
    void this.#read(handlers);
  }

  print(line: PrintedLine): void {
    if (this.#isClosed) return;
    const { output, errors } = this.#options;
    if (this.interactive) {
      output.write(`${this.#style(line)}\n`);
      return;
    }
    if (line.kind === 'hint') return;
    const isOwn = line.kind === 'notice' || line.kind === 'warning';
    const text = `${this.#pipeStyle(line)}\n`;
    if (isOwn) errors.write(text);
    else if (!output.write(text)) this.#setFull(true);
  }

  prompt(): void {}

  status(): void {}

  putBack(): boolean {
    return false;
  }

  clearUnfinished(): void {}

  readHidden(): undefined {}

  close(): void {
    this.#isClosed = true;
    this.#options.input.close();
  }

  #gone(): void {
    this.#isClosed = true;
    this.#setFull(false);
    this.#handlers?.onGone();
  }

  #setFull(isFull: boolean): void {
    if (this.#isFull === isFull) return;
    this.#isFull = isFull;
    this.#handlers?.onFull(isFull);
  }

  async #read(handlers: ConsoleHandlers): Promise<void> {
    const { input } = this.#options;
    for (let line = await input.next(); line !== undefined; line = await input.next()) {
      await handlers.onLine(line);
    }
    handlers.onEnd();
  }
}

// Takes over the terminal for a full screen, and restores it: on exit, in a crash, before a signal ends the process,
// and while the process is stopped. The person's scrollback is not touched: everything is drawn on the alternate
// screen.

import type { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';
import { askBackground, askKeyboard } from './input/terminal-answers.ts';

export interface OwnerHandlers {
  onInput(text: string): void;
  onResize(): void;
  /** The screen is ours again, and empty. */
  onResume(): void;
  /** The terminal was closed. */
  onGone(): void;
}

export interface OwnerOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly process: NodeJS.Process;
}

const esc = '\u001B[';
// The alternate screen, lines that do not wrap, marks around pasted text, and reports of focus.
const take = `${esc}?1049h${esc}?7l${esc}?2004h${esc}?1004h${esc}2J${esc}H`;
const giveBack = `${esc}0m${esc}?1004l${esc}?2004l${esc}?7h${esc}?25h${esc}?1049l`;
// Buttons and wheel, in the form that supports more than 223 columns.
const mouseOn = `${esc}?1000h${esc}?1006h`;
const mouseOff = `${esc}?1006l${esc}?1000l`;
// Reports of a change between dark and light (mode 2031).
const colourNewsOn = `${esc}?2031h`;
const colourNewsOff = `${esc}?2031l`;
// Codes that distinguish Shift-Enter from Enter, if the terminal has them (the progressive keyboard protocol, level 1).
const richKeysOn = `${esc}>1u`;
const richKeysOff = `${esc}<u`;

export class TerminalOwner {
  readonly #options: OwnerOptions;
  #handlers: OwnerHandlers | undefined;
  #isOurs = false;
  #hasMouse = false;
  #hasColourNews = false;
  #hasRichKeys = false;
  /** Another program has the terminal. */
  #isLent = false;
  /** Functions that remove the event handlers. */
  readonly #pasteHandlers: (() => void)[] = [];
  readonly #release = (): void => this.release();
  readonly #suspend = (): void => this.suspend();

  constructor(options: OwnerOptions) {
    this.#options = options;
  }

  get columns(): number {
    return Math.max(1, this.#options.output.columns || 80);
  }

  get rows(): number {
    return Math.max(1, this.#options.output.rows || 24);
  }

  /** Whether the terminal shows what is drawn. */
  get isOurs(): boolean {
    return this.#isOurs;
  }

  /** Takes over the terminal. Keys wait until `start`. */
  take(): void {
    const { process } = this.#options;
    this.#listen(process, 'exit', this.#release);
    // Before the error is printed, so that it is not printed on a screen that disappears.
    this.#listen(process, 'uncaughtExceptionMonitor', this.#release);
    this.#take();
  }

  start(handlers: OwnerHandlers): void {
    const { input, output, process } = this.#options;
    this.#handlers = handlers;
    input.setEncoding('utf8');
    this.#listen(input, 'data', (text) => handlers.onInput(String(text)));
    this.#listen(input, 'end', () => handlers.onGone());
    this.#listen(input, 'error', () => handlers.onGone());
    this.#listen(output, 'error', () => handlers.onGone());
    // Not the output's `resize`, which is not emitted if the window was resized and is back at its old size: the
    // terminal has still cut off content meanwhile. Node has read the size before this is called.
    this.#listen(process, 'SIGWINCH', () => {
      if (this.#isOurs) handlers.onResize();
    });
    this.#listen(process, 'SIGTSTP', this.#suspend);
    this.#listen(process, 'SIGCONT', () => this.#takeAgain());
    if (!this.#isOurs) this.take();
    input.resume();
  }

  /** Draws. Nothing is drawn while the screen is not ours. */
  write(text: string): void {
    if (this.#isOurs) this.#options.output.write(text);
  }

  /** Whether clicks and the wheel arrive as input. If so, the terminal selects text only with Shift. */
  set mouse(isOn: boolean) {
    if (isOn === this.#hasMouse) return;
    this.#hasMouse = isOn;
    this.write(isOn ? mouseOn : mouseOff);
  }

  get mouse(): boolean {
    return this.#hasMouse;
  }

  /** Asks whether the terminal knows richer codes of keys. */
  askKeys(): void {
    this.write(askKeyboard);
  }

  /** Whether the terminal is asked for its background colour, and should report changes. */
  set colourNews(isOn: boolean) {
    if (isOn === this.#hasColourNews) return;
    this.#hasColourNews = isOn;
    this.write(isOn ? colourNewsOn + askBackground : colourNewsOff);
  }

  /** The terminal has reported that it knows the richer codes of keys. */
  useRichKeys(): void {
    if (this.#hasRichKeys) return;
    this.#hasRichKeys = true;
    this.write(richKeysOn);
  }

  /** Restores the terminal. Can be called at any time, and repeatedly. */
  release(): void {
    if (!this.#isOurs) return;
    const { input, output } = this.#options;
    output.write(this.#modes(mouseOff, colourNewsOff, richKeysOff) + giveBack);
    this.#isOurs = false;
    try {
      input.setRawMode(false);
    } catch {
      // The terminal is gone: there is nothing to restore.
    }
    input.pause();
  }

  /**
   * Restores the terminal finally: another owner may take it over afterwards. Can be called at any time, and
   * repeatedly.
   */
  end(): void {
    this.release();
    for (const stop of this.#pasteHandlers.splice(0)) stop();
  }

  /** Lends the terminal to a program until the promise resolves. */
  async lend<T>(run: () => Promise<T>): Promise<T> {
    this.release();
    this.#isLent = true;
    try {
      return await run();
    } finally {
      this.#isLent = false;
      this.#takeAgain();
    }
  }

  /** Stops the process, as Ctrl-Z usually does. `fg` brings the screen back. */
  suspend(): void {
    const { process } = this.#options;
    this.release();
    process.off('SIGTSTP', this.#suspend);
    // The whole job, as the terminal itself would stop it. If nobody could continue it, the system ignores this.
    process.kill(0, 'SIGTSTP');
    setTimeout(() => {
      this.#listen(process, 'SIGTSTP', this.#suspend);
      this.#takeAgain();
    }, continueMs);
  }

  #listen(source: EventEmitter, event: string, listener: (...values: unknown[]) => void): void {
    source.on(event, listener);
    this.#pasteHandlers.push(() => source.off(event, listener));
  }

  #takeAgain(): void {
    if (this.#isOurs || this.#isLent) return;
    this.#take();
    this.#handlers?.onResume();
  }

  #take(): void {
    const { input, output } = this.#options;
    input.setRawMode(true);
    if (this.#handlers !== undefined) input.resume();
    this.#isOurs = true;
    output.write(take + this.#modes(mouseOn, colourNewsOn + askBackground, richKeysOn));
  }

  /** Those of these codes whose modes are on. */
  #modes(mouse: string, colourNews: string, richKeys: string): string {
    return [
      this.#hasMouse ? mouse : '',
      this.#hasColourNews ? colourNews : '',
      this.#hasRichKeys ? richKeys : '',
    ].join('');
  }
}

/** No time passes for a stopped process: after this time it was continued, or was never stopped. */
const continueMs = 50;

// A filter between the keyboard and readline, which mishandles pasted text: it puts it at the end of the line
// wherever the cursor is, and loses track of the cursor's row. Here a run of letters is one insertion at the cursor,
// its tabs as wide as they were, and every other key a key. Text that ends without Enter is never taken for a line.

import { emitKeypressEvents, type Interface, type Key } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { widthOf } from '../columns.ts';
import { expandTabs } from '../tabs.ts';

export interface KeyboardEars {
  /** Called before each Enter, which makes a line of the typed text. */
  readonly beforeEnter: () => void;
  /** Called after a key, or a run of letters, was handled. */
  readonly afterKey: () => void;
}

/** Longer than any secret that is typed. */
const maxHiddenLength = 4096;

/** A line that is typed past readline, which would show it and keep it in its history. */
interface HiddenLine {
  text: string;
  isEntered: boolean;
  readonly end: (text: string | undefined) => void;
}

/** The input for a readline interface. It never has data of its own: `feed` brings the keys. */
export class Keyboard extends Readable {
  readonly #terminal: ReadStream;
  readonly #ears: KeyboardEars;
  #hidden: HiddenLine | undefined;

  constructor(terminal: ReadStream, ears: KeyboardEars) {
    super();
    this.#terminal = terminal;
    this.#ears = ears;
  }

  /** Passes keys to `readline` until it closes; the end of the input closes it. */
  feed(readline: Interface): void {
    const terminal = this.#terminal;
    let run = '';
    const flush = () => {
      const text = run;
      run = '';
      if (text === '') return;
      // Only a tab came: the key for completion.
      if (text === '\t') readline.write(null, { name: 'tab' });
      else readline.write(expandTabs(text, widthOf(readline.line.slice(0, readline.cursor))));
      this.#ears.afterKey();
    };
    const add = (text: string) => {
      // The keys of one read come one after the other: what follows within this turn belongs to it.
      if (run === '') queueMicrotask(flush);
      run += text;
    };
    const onKey = (text: string | undefined, key: Key) => {
      if (this.#hidden !== undefined) this.#typeHidden(this.#hidden, text, key);
      else if (text !== undefined && isText(text, key)) {
        add(text);
      } else if (key.name === 'tab' && (run !== '' || readline.line === '')) {
        // A tab inside pasted text, or in an empty input, is not for completion.
        add('\t');
      } else {
        flush();
        if (key.name === 'return' || key.name === 'enter') this.#ears.beforeEnter();
        readline.write(null, key);
        this.#ears.afterKey();
      }
    };
    const onEnd = () => readline.close();
    emitKeypressEvents(terminal);
    terminal.on('keypress', onKey);
    terminal.once('end', onEnd);
    terminal.once('error', onEnd);
    // A terminal that is gone cannot be restored either: the first error has ended it.
    terminal.on('error', () => {});
    readline.once('close', () => {
      this.#hidden?.end(undefined);
      run = '';
      terminal.off('keypress', onKey);
      terminal.off('end', onEnd);
    });
  }

  /** What is typed from now on up to Enter. Undefined if the person leaves instead. */
  readHidden(): Promise<string | undefined> {
    return new Promise((resolve) => {
      const end = (text: string | undefined) => {
        this.#hidden = undefined;
        resolve(text);
      };
      this.#hidden = { text: '', isEntered: false, end };
    });
  }

  #typeHidden(hidden: HiddenLine, text: string | undefined, key: Key): void {
    const { name, ctrl } = key;
    if (name === 'return' || name === 'enter') {
      // Pasted lines come together: the rest of them must not become a message.
      if (!hidden.isEntered) setImmediate(() => hidden.end(hidden.text.trim()));
      hidden.isEntered = true;
      hidden.text += ' ';
    } else if (name === 'escape' || (ctrl === true && (name === 'c' || name === 'd'))) {
      hidden.end(undefined);
    } else if (ctrl === true && name === 'u') hidden.text = '';
    else if (name === 'backspace') hidden.text = hidden.text.slice(0, -1);
    else if (name === 'tab') hidden.text += ' ';
    else if (text !== undefined && isText(text, key)) {
      hidden.text = (hidden.text + text).slice(0, maxHiddenLength);
    }
  }

  /** Readline sets the mode of what it treats as the terminal. */
  setRawMode(isRaw: boolean): void {
    this.#terminal.setRawMode(isRaw);
  }

  override pause(): this {
    this.#terminal.pause();
    return this;
  }

  override resume(): this {
    this.#terminal.resume();
    return this;
  }

  override _read(): void {}
}

function isText(text: string, { ctrl, meta }: Key): boolean {
  return ctrl !== true && meta !== true && !/\p{Cc}/u.test(text);
}

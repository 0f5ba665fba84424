// The port of the line client to the terminal or pipe where a person, or a script, reads and writes.

import type { Result } from '../../lib/result.ts';
import type { PrintedLine } from '../../client/wording/printed-line.ts';

/** A typed line, or why the input cannot be one. */
export type ConsoleLine = Result<string, string>;

export interface ConsoleHandlers {
  /** The next line. The one after it comes when the promise resolves. */
  onLine(line: ConsoleLine): Promise<void>;
  /** No more lines will come: Ctrl-D, or the end of a pipe. All lines before have been handled. */
  onEnd(): void;
  onCtrlC(): void;
  /** A key was handled, or the person is back at a stopped program: `unfinished` may have changed. */
  afterKey(): void;
  /** The reader of the output is behind, or no longer. */
  onFull(isFull: boolean): void;
  /** Nobody reads the output any more. */
  onGone(): void;
  /** The completions of the word at the end of `line`. */
  complete(line: string): WordCompletions;
}

/** The completions of a word, and its current beginning. */
export type WordCompletions = readonly [candidates: readonly string[], word: string];

export interface Console {
  /** Whether a person uses it. */
  readonly interactive: boolean;
  /** Begins to read. */
  start(handlers: ConsoleHandlers): void;
  print(line: PrintedLine): void;
  /** From now on shows that it waits for lines. */
  prompt(): void;
  /** Shows this above the input, in place of the last status. Only for people: a pipe shows nothing. */
  status(text: string | undefined): void;
  /** Typed text that was not entered yet. */
  readonly unfinished: string;
  /** Puts `text` into the input. False if that is impossible, or something is typed already. */
  putBack(text: string): boolean;
  /** Removes the typed text. */
  clearUnfinished(): void;
  /**
   * The next line, which is shown and remembered nowhere; undefined if the person leaves the question. Not a promise
   * where lines cannot be hidden, or come from no person: then the next lines are it.
   */
  readHidden(): Promise<string | undefined> | undefined;
  /** Stops reading, and restores the terminal. Nothing is printed afterwards. */
  close(): void;
}

// The port of the line client to the terminal or pipe where a person, or a script, reads and writes.

import type { Result } from '../../lib/result.ts';
import type { PrintedLine } from '../../client/wording/printed-line.ts';

/** A line that was typed, or why what came cannot be one. */
export type ConsoleLine = Result<string, string>;

export interface ConsoleHandlers {
  /** The next line. The one after it comes when the promise is kept. */
  onLine(line: ConsoleLine): Promise<void>;
  /** No more lines will come: Ctrl-D, or the end of a pipe. All lines before have been handled. */
  onEnd(): void;
  onCtrlC(): void;
  /** A key has done what it does: `unfinished` may be another. */
  afterKey(): void;
  /** Whoever reads the output is behind, or no longer. */
  onFull(isFull: boolean): void;
  /** Nobody reads the output any more. */
  onGone(): void;
  /** What the word at the end of `line` can be completed to. */
  complete(line: string): WordCompletions;
}

/** What a word can become, and how that word begins now. */
export type WordCompletions = readonly [candidates: readonly string[], word: string];

export interface Console {
  /** Whether a person sits in front of it. */
  readonly interactive: boolean;
  /** Begins to read. */
  start(handlers: ConsoleHandlers): void;
  print(line: PrintedLine): void;
  /** From now on shows that it waits for lines. */
  prompt(): void;
  /** Shows this above what is being typed, in place of what was shown there before. For people; a pipe shows nothing. */
  status(text: string | undefined): void;
  /** What is being typed and not yet sent. */
  readonly unfinished: string;
  /** Puts `text` where it can be typed on; false where nothing can be put, or something is typed already. */
  putBack(text: string): boolean;
  /** Takes away what is being typed. */
  clearUnfinished(): void;
  /** Stops reading, and gives the terminal back as it was. Nothing is printed afterwards. */
  close(): void;
}

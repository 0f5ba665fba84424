// The style of lines: version 1's text, and colour only to tell kinds apart, if the terminal has it and nobody
// disabled it.

import type { PrintedLine } from '../../client/wording/printed-line.ts';
import { hang } from './wrap.ts';

/** The printed form of a line, without its line end. */
export type Style = (line: PrintedLine) => string;

/** What comes before a text: its place and its sender. */
function whoseOf({ mark, sender }: { readonly mark: string; readonly sender: string }): string {
  return `${mark}[${sender}]`;
}

const reset = '\u001B[0m';
const codes = {
  lobby: '\u001B[36m',
  private: '\u001B[35m',
  group: '\u001B[32m',
  notice: '\u001B[2m',
  hint: '\u001B[2m',
  warning: '\u001B[1;33m',
} as const;

/**
 * On a terminal: what the program says itself stands behind a mark, so that it reads right without colours too.
 * @param columns how wide the terminal is at the moment; Infinity where rows are not broken
 */
export function terminalStyle(coloured: boolean, columns: () => number): Style {
  const paint = (kind: keyof typeof codes, text: string) =>
    coloured ? `${codes[kind]}${text}${reset}` : text;
  return (line) => {
    switch (line.kind) {
      case 'lobby':
      case 'private':
      case 'group':
        return `${paint(line.kind, whoseOf(line))} ${hang(line.text, columns(), whoseOf(line).length + 1)}`;
      case 'reply':
        return hang(line.text, columns(), 0);
      case 'notice':
      case 'warning':
      case 'hint':
        return paint(line.kind, `* ${hang(line.text, columns(), 2)}`);
    }
  };
}

/**
 * In a pipe: version 1's lines as they are, what the program says itself marked as its own.
 * @param columns of the terminal that it goes to all the same; Infinity where it goes to none, and a line is a line
 */
export function pipeStyle(columns: () => number): Style {
  return (line) => {
    switch (line.kind) {
      case 'lobby':
      case 'private':
      case 'group':
        return `${whoseOf(line)} ${hang(line.text, columns(), whoseOf(line).length + 1)}`;
      case 'reply':
        return hang(line.text, columns(), 0);
      case 'notice':
      case 'warning':
      case 'hint':
        return `helo: ${hang(line.text, columns(), 6)}`;
    }
  };
}

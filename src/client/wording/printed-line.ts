// What the line client prints: one line at a time, with its kind. The console decides how it looks, and to which stream
// it goes.

import { harmless } from './sanitize.ts';

export type PrintedLine =
  /** A message, as version 1 prints it: `[sender] message` [7.2, 7.5, 7.8]. */
  | {
      readonly kind: 'lobby' | 'private' | 'group';
      /** What comes before the sender: the place of the message (place-marks.ts). */
      readonly mark: string;
      readonly sender: string;
      readonly text: string;
    }
  /** A reply of the server, as version 1 prints it. */
  | { readonly kind: 'reply'; readonly text: string }
  /** The program's own words: for information, or to be acted upon. `seen`: for a view that has buttons (`NoticeWords`). */
  | { readonly kind: 'notice' | 'warning'; readonly text: string; readonly seen?: string }
  /** Only useful to a person at the terminal. */
  | { readonly kind: 'hint'; readonly text: string };

/**
 * The program's own words. Where they say what a person can do: with what is typed for it, and for a view that has a button
 * or a menu there. Nothing is said where that is empty: the buttons say it.
 */
export type NoticeWords = string | { readonly typed: string; readonly seen: string };

/**
 * `[sender] text`, made harmless; of several lines each has its sender, so that none looks like one of somebody else.
 * `mark` comes before the sender, `remark` before the text, in parentheses.
 */
export function said(
  kind: 'lobby' | 'private' | 'group',
  sender: string,
  text: string,
  { mark = '', remark }: { readonly mark?: string; readonly remark?: string | undefined } = {},
): PrintedLine[] {
  const before = remark === undefined ? '' : `(${remark}) `;
  return text
    .split('\n')
    .map((line) => ({ kind, mark, sender, text: harmless(`${before}${line}`) }));
}

/** A reply of the server, made harmless. */
export function replied(text: string): PrintedLine {
  return { kind: 'reply', text: harmless(text) };
}

export function notice(told: NoticeWords): PrintedLine {
  return { kind: 'notice', ...lineOf(told) };
}

export function warning(told: NoticeWords): PrintedLine {
  return { kind: 'warning', ...lineOf(told) };
}

function lineOf(told: NoticeWords): { readonly text: string; readonly seen?: string } {
  if (typeof told === 'string') return { text: harmless(told) };
  return { text: harmless(told.typed), seen: harmless(told.seen) };
}

/** The lines for a view that has buttons in the place of commands. */
export function seenLines(lines: readonly PrintedLine[]): readonly PrintedLine[] {
  return lines.flatMap((line) => {
    const seen = 'seen' in line ? line.seen : undefined;
    if (seen === undefined) return line;
    return seen === '' ? [] : { ...line, text: seen };
  });
}

export function hint(text: string): PrintedLine {
  return { kind: 'hint', text: harmless(text) };
}

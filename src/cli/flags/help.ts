// The help of a command, made from its table: one line for each flag, and no more than one screen in all. Rarely needed
// flags are left out unless requested.
import type { FlagTable } from './table.ts';

export type HelpScope = 'usual' | 'all';

/** What an argument may be: a file, a folder, one of some words (each with its help), or any text. */
export type Takes = 'text' | 'file' | 'folder' | Readonly<Record<string, string>>;

export interface Operand {
  /** `FILE` */
  readonly value: string;
  readonly takes: Takes;
  readonly repeats?: boolean;
}

export interface Manual {
  /** `helo serve [flags]` */
  readonly usage: string;
  readonly summary: string;
  readonly flags: FlagTable;
  /** The arguments after the flags, in order. The last one may repeat. */
  readonly operands: readonly Operand[];
  /** Lines below the flags. */
  readonly notes: readonly string[];
}

/** The text that `--help` or `--help-all` prints. */
export function helpText(
  { usage, summary, flags, notes }: Manual,
  scope: HelpScope = 'usual',
): string {
  const all = Object.entries(flags);
  const told = scope === 'all' ? all : all.filter(([, flag]) => flag.rare !== true);
  const rows: (readonly [string, string])[] = told.map(([name, flag]) => [
    flag.value === undefined ? `--${name}` : `--${name} ${flag.value}`,
    flag.shownDefault === undefined ? flag.help : `${flag.help} [${flag.shownDefault}]`,
  ]);
  rows.push(['-h, --help', 'this text']);
  const left = all.length - told.length;
  if (left > 0) rows.push(['--help-all', `this text with ${left} more flags, seldom needed`]);
  const width = Math.max(...rows.map(([flag]) => flag.length));
  const lines = rows.map(([flag, words]) => `  ${flag.padEnd(width)}  ${words}`);
  return [`Usage: ${usage}`, summary, '', ...lines, ...notes, ''].join('\n');
}

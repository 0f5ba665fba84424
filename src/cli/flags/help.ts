// The help of a command, made from its table: one line a flag, one screen in all.
import type { FlagTable } from './table.ts';

export interface Manual {
  /** `helo serve [flags]` */
  readonly usage: string;
  readonly summary: string;
  readonly flags: FlagTable;
  /** Lines under the flags. */
  readonly notes: readonly string[];
}

/** The text that `--help` prints. */
export function helpText({ usage, summary, flags, notes }: Manual): string {
  const rows: (readonly [string, string])[] = Object.entries(flags).map(([name, flag]) => [
    flag.value === undefined ? `--${name}` : `--${name} ${flag.value}`,
    flag.shownDefault === undefined ? flag.help : `${flag.help} [${flag.shownDefault}]`,
  ]);
  rows.push(['-h, --help', 'this text']);
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  return [`Usage: ${usage}`, summary, '', ...lines, ...notes, ''].join('\n');
}

// The results of the page and of the full screen, as rows of a table next to helo's goals.

import { markdownTable } from './table.ts';

export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | '%' | 'MB' | 'kB' | 'bytes' | 's' | 'a second' | 'MiB/s' | 'ms/MiB';
  /** At most this. */
  readonly goal?: number;
  /** At least this. */
  readonly atLeast?: number;
}

/** The value below which the share `share` of all values is. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Two rows for many measurements of one thing, in milliseconds. */
export function timesOf(what: string, values: readonly number[], goal?: number): readonly Row[] {
  const unit = 'ms';
  return [
    { what: `${what}, p50 of ${values.length}`, value: percentile(values, 0.5), unit },
    {
      what: `${what}, p99`,
      value: percentile(values, 0.99),
      unit,
      ...(goal === undefined ? {} : { goal }),
    },
  ];
}

/** The table in Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { what, value, unit, goal, atLeast } = row;
    const bound = atLeast ?? goal;
    const is = isMissed(row) ? 'MISSED' : 'reached';
    const words = `${atLeast === undefined ? 'at most' : 'at least'} ${bound} ${unit}: ${is}`;
    const number = value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
    return [what, `${number} ${unit}`, bound === undefined ? '' : words];
  });
  return markdownTable([['', '', 'goal'], ...lines], [1]);
}

/** Whether a goal was missed. */
export function isMissed({ value, goal, atLeast }: Row): boolean {
  if (atLeast !== undefined && !(value >= atLeast)) return true;
  return goal !== undefined && !(value <= goal);
}

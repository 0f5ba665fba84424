// The results, as rows of a table next to helo's goals.

export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | '%' | 'MB' | 'bytes' | 's';
  /** At most this. */
  readonly goal?: number;
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
  const lines = rows.map(({ what, value, unit, goal }) => {
    const verdict =
      goal === undefined ? '' : `at most ${goal} ${unit}: ${value <= goal ? 'reached' : 'MISSED'}`;
    return `| ${what} | ${value.toFixed(value < 10 ? 1 : 0)} ${unit} | ${verdict} |`;
  });
  return ['| | | goal |', '| --- | ---: | --- |', ...lines].join('\n');
}

/** Whether a goal was missed. */
export function isMissed({ value, goal }: Row): boolean {
  return goal !== undefined && !(value <= goal);
}

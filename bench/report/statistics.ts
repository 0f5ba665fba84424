// Medians over rounds. A ratio is taken within each round first, so that what slowed a whole round cancels out.

import type { Results } from '../results.ts';

/** The middle value, or the mean of the two in the middle. NaN if there is none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** How far the values of a figure differ: (largest - smallest) / median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** Which figure of which scenario. */
export interface FigureId {
  readonly scenario: string;
  readonly key: string;
}

/** A figure of one server, by round. */
export function byRound(
  results: Pick<Results, 'runs'>,
  { scenario, key }: FigureId,
  peer: string,
): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  for (const run of results.runs) {
    if (run.scenario !== scenario || run.peer !== peer || !('measured' in run.outcome)) continue;
    const value = run.outcome.measured[key];
    if (value !== undefined && Number.isFinite(value)) values.set(run.round, value);
  }
  return values;
}

/** The median of a figure over the rounds. Undefined if there is none. */
export function figure(
  results: Pick<Results, 'runs'>,
  id: FigureId,
  peer: string,
): number | undefined {
  const values = [...byRound(results, id, peer).values()];
  return values.length === 0 ? undefined : median(values);
}

/** The median of each round's `peer` / `other`. Undefined if no round has both. */
export function ratio(
  results: Pick<Results, 'runs'>,
  id: FigureId,
  peer: string,
  other: string,
): number | undefined {
  const others = byRound(results, id, other);
  const ratios: number[] = [];
  for (const [round, value] of byRound(results, id, peer)) {
    const divisor = others.get(round);
    if (divisor !== undefined && divisor !== 0) ratios.push(value / divisor);
  }
  return ratios.length === 0 ? undefined : median(ratios);
}

// Runs of the server, by which a device detects whether the server has lost data. The device names the runs in which it
// was connected. The server answers how far each log was at the start of the run after the last one that both know.
// Messages after that in an unknown run, or after the cut in a known one, are missing from these numbers.

import type { RunRecord } from './records.ts';
import type { Hub, Log } from './state.ts';

/** From where on the server and a returning device may differ. */
export type Parting =
  /** The device was connected in this run, or names no runs. */
  | { readonly kind: 'none' }
  /** The device was connected only in runs that are unknown here. */
  | { readonly kind: 'unknown' }
  /** After the last common run, `next` began here. */
  | { readonly kind: 'known'; readonly next: RunRecord };

/** For a device that is connected. */
export const sameRun: Parting = { kind: 'none' };

/** `told`: the runs that the device was told at its last visit, the latest first. */
export function partingOf({ runs }: Hub, told: readonly number[] | undefined): Parting {
  if (runs.length === 0 || told === undefined || told.length === 0) return sameRun;
  for (const run of told) {
    const at = runs.findIndex((one) => one.run === run);
    const next = runs[at - 1];
    if (next !== undefined) return { kind: 'known', next };
    // The device was connected in a later run than the current one: the whole machine was restored to an earlier state.
    if (at === 0) return run === told[0] ? sameRun : { kind: 'unknown' };
  }
  return { kind: 'unknown' };
}

/**
 * Up to which number the device's copy of a log is certainly from this log. Undefined if that is unknown, or if it is
 * all of it.
 */
export function sureUpTo(log: Log, parting: Parting): number | undefined {
  if (parting.kind !== 'known') return undefined;
  return log.marks?.find(({ position }) => position <= parting.next.position)?.last ?? 0;
}

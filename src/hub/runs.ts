// Runs of the server, by which a device detects whether the server has lost data: the device names the runs in which
// it was connected, and is told how far each log was at the start of the run after the last one that the server
// knows. Messages after that in an unknown run, or after the cut in a known one, are missing from these numbers.

import type { RunRecord } from './records.ts';
import type { Hub, Log } from './state.ts';

/** From where on the server and a device that comes back may differ. */
export type Parting =
  /** The device was here in this run, or says nothing of runs. */
  | { readonly kind: 'none' }
  /** It was in no run that is known here. */
  | { readonly kind: 'unknown' }
  /** Behind the last run of both `next` began here. */
  | { readonly kind: 'known'; readonly next: RunRecord };

/** Of a device that is here. */
export const sameRun: Parting = { kind: 'none' };

/** `told`: the runs that a device was told of when it was here last, the latest first. */
export function partingOf({ runs }: Hub, told: readonly number[] | undefined): Parting {
  if (runs.length === 0 || told === undefined || told.length === 0) return sameRun;
  for (const run of told) {
    const at = runs.findIndex((one) => one.run === run);
    const next = runs[at - 1];
    if (next !== undefined) return { kind: 'known', next };
    // A device that was here in a later run than the one of now: the whole machine was put back.
    if (at === 0) return run === told[0] ? sameRun : { kind: 'unknown' };
  }
  return { kind: 'unknown' };
}

/** Up to where what a device may have of a log is of this one; undefined where that is not known, or all of it. */
export function sureUpTo(log: Log, parting: Parting): number | undefined {
  if (parting.kind !== 'known') return undefined;
  return log.marks?.find(({ position }) => position <= parting.next.position)?.last ?? 0;
}

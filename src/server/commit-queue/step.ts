// The result of one step of the hub: what to store, and what to carry out after that.

import type { Change, LogId } from '../../hub/records.ts';

/** One line of a log, as it was said and as it is kept. */
export interface KeptLine {
  readonly log: LogId;
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** A binary string with its line end. */
  readonly line: string;
}

/**
 * `Act` is what can be carried out, `Speaker` somebody who has said something and waits to hear about it: the commit queue
 * looks into neither of them. The lines that are kept of a step are not in it: the commit has them from the beginning,
 * and a step may have to wait, with thousands of others.
 */
export interface Step<Act, Speaker> {
  /** In order. */
  readonly acts: readonly Act[];
  readonly changes: readonly Change[];
  /**
   * Those who have said something in this step, or said it again. If it, or something before it, can't be kept, it is
   * not said, and they are told.
   */
  readonly speakers: readonly Speaker[];
  /** Whether something of it is to be kept, changes or lines. Lines are only where there are speakers. */
  readonly isKept: boolean;
  /** What the step holds in memory while it waits, roughly. */
  readonly bytes: number;
  /** Nothing that is told in it depends on what is kept: it may go ahead of a store that stands still. */
  readonly isFree?: boolean;
}

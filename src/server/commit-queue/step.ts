// The result of one step of the hub: what to store, and what to carry out after that.

import type { Change, LogId } from '../../hub/records.ts';

/** One line of a log, as it is delivered and stored. */
export interface KeptLine {
  readonly log: LogId;
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** A binary string with its line end. */
  readonly line: string;
}

/**
 * `Act` is what can be carried out, and `Speaker` the sender of a message who waits for the confirmation. The commit
 * queue looks into neither of them. The step does not have its lines for the store: the commit has them from the
 * beginning, and a step may wait with thousands of others.
 */
export interface Step<Act, Speaker> {
  /** In order. */
  readonly acts: readonly Act[];
  readonly changes: readonly Change[];
  /**
   * The senders of messages or repeats in this step. If the step, or a step before it, cannot be stored, their messages
   * are not posted, and they are notified.
   */
  readonly speakers: readonly Speaker[];
  /** Whether changes or lines of it must be stored. Only steps with speakers have lines. */
  readonly isKept: boolean;
  /** The approximate memory that the step uses while it waits. */
  readonly bytes: number;
  /** The step reveals nothing that is stored: it may go ahead of a store that stalls. */
  readonly isFree?: boolean;
}

// What one step of the hub has come to: what is to be kept of it, and what is to be carried out once it is.

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
 * `Act` is what can be carried out, `Post` what somebody has said and waits to hear about: the gate looks into
 * neither of them.
 */
export interface Step<Act, Post> {
  /** In order. */
  readonly acts: readonly Act[];
  readonly changes: readonly Change[];
  readonly lines: readonly KeptLine[];
  /**
   * What people have said in this step, or said again. If it, or something before it, can't be kept, it is not said, and
   * they are told.
   */
  readonly posts: readonly Post[];
  /** What the step holds in memory while it waits, roughly. */
  readonly bytes: number;
}

/** Whether there is nothing to keep of a step. */
export function keepsNothing(step: Step<unknown, unknown>): boolean {
  return step.changes.length === 0 && step.lines.length === 0;
}

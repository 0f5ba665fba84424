// Steps -> the one Commit that keeps all of them: a segment for each conversation, and of changes that later ones
// replace only the last.

import type { Change, LogId } from '../../hub/records.ts';
import type { Commit, Segment } from '../../hub/store-port.ts';
import type { KeptLine, Step } from './step.ts';

/** What is to be kept of `steps`. */
export function commitOf(steps: readonly Step<unknown, unknown>[]): Commit {
  const changes = new Map<unknown, Change>();
  const segments: Segment[] = [];
  const open = new Map<LogId, OpenSegment>();
  for (const step of steps) {
    for (const change of step.changes) replace(changes, change);
    for (const line of step.lines) {
      const segment = open.get(line.log);
      if (segment?.takes(line) === true) continue;
      if (segment !== undefined) segments.push(segment.close());
      open.set(line.log, new OpenSegment(line));
    }
  }
  for (const segment of open.values()) segments.push(segment.close());
  return { changes: [...changes.values()], segments };
}

/**
 * The last change of a key stands where it was made, not where the first one was: between the two there may be one
 * that takes away what the first has made.
 */
function replace(changes: Map<unknown, Change>, change: Change): void {
  const key = keyOf(change);
  changes.delete(key);
  changes.set(key, change);
}

/** Changes with the same key replace one another. The two kinds that come with every message do. */
function keyOf(change: Change): unknown {
  switch (change.type) {
    case 'stream':
      return `${change.stream.account} ${change.stream.stream}`;
    case 'cursor':
      return `${change.cursor.account}/${change.cursor.log}`;
    default:
      return change;
  }
}

/** A segment that still grows. */
class OpenSegment {
  readonly #log: LogId;
  readonly #first: number;
  #last: number;
  #at: number;
  #lines: string;

  constructor({ log, seq, at, line }: KeptLine) {
    this.#log = log;
    this.#first = seq;
    this.#last = seq;
    this.#at = at;
    this.#lines = line;
  }

  /** Takes a line in, unless there is a gap before it: inside a segment there is none. */
  takes({ seq, at, line }: KeptLine): boolean {
    if (seq !== this.#last + 1) return false;
    this.#last = seq;
    this.#at = at;
    this.#lines += line;
    return true;
  }

  close(): Segment {
    const bytes = Buffer.from(this.#lines, 'latin1');
    return {
      log: this.#log,
      first: this.#first,
      count: this.#last - this.#first + 1,
      at: this.#at,
      bytes,
    };
  }
}

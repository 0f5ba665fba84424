// The commit that gathers: each step adds to it at once. It has one segment for each conversation, and of changes that
// replace each other only the last. Lines are bytes outside of the heap: thousands may wait, and the garbage collector
// would copy each of them.

import type { Change, LogId } from '../../hub/records.ts';
import type { Commit, Segment } from '../../hub/store-port.ts';
import type { KeptLine } from './step.ts';

export class CommitDraft {
  readonly #changes = new Map<unknown, Change>();
  readonly #segments: OpenSegment[] = [];
  /** The last segment of each conversation. */
  readonly #open = new Map<LogId, OpenSegment>();

  /** Adds what one more step wants stored. */
  add(changes: readonly Change[], lines: readonly KeptLine[]): void {
    for (const change of changes) this.#replace(change);
    for (const line of lines) {
      if (this.#open.get(line.log)?.takes(line) === true) continue;
      const segment = new OpenSegment(line);
      this.#open.set(line.log, segment);
      this.#segments.push(segment);
    }
  }

  /** What to store. Nothing may be added after this. */
  finish(): Commit {
    return {
      changes: [...this.#changes.values()],
      segments: this.#segments.map((segment) => segment.close()),
    };
  }

  /**
   * The last change with a key is put where it was made, not where the first one was: a change between the two may
   * remove what the first has made.
   */
  #replace(change: Change): void {
    const key = keyOf(change);
    this.#changes.delete(key);
    this.#changes.set(key, change);
  }
}

/** Changes with the same key replace one another. Only the two kinds that come with every message have a key. */
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

/** The first size of a segment's memory. Most segments hold one message. */
const minBytes = 512;

/** A segment that is still growing. */
class OpenSegment {
  readonly #log: LogId;
  readonly #first: number;
  #last: number;
  #at: number;
  #bytes: Buffer;
  #length = 0;

  constructor({ log, seq, at, line }: KeptLine) {
    this.#log = log;
    this.#first = seq;
    this.#last = seq;
    this.#at = at;
    this.#bytes = Buffer.allocUnsafe(Math.max(minBytes, line.length));
    this.#write(line);
  }

  /** Adds a line, unless there is a gap before it: a segment has no gaps. */
  takes({ seq, at, line }: KeptLine): boolean {
    if (seq !== this.#last + 1) return false;
    this.#last = seq;
    this.#at = at;
    this.#write(line);
    return true;
  }

  close(): Segment {
    return {
      log: this.#log,
      first: this.#first,
      count: this.#last - this.#first + 1,
      at: this.#at,
      bytes: this.#bytes.subarray(0, this.#length),
    };
  }

  #write(line: string): void {
    const needed = this.#length + line.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * needed);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length += this.#bytes.write(line, this.#length, 'latin1');
  }
}

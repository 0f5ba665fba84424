// Lines of sealed groups go with changes, because they are never dropped; in the log they stand among the messages. Every
// adapter puts them there in the same way.

import type { Change } from '../hub/records.ts';
import type { Segment } from '../hub/store-port.ts';

/** `segments` with those of the group lines among `changes`, each log in its order. */
export function withGroupLines(
  changes: readonly Change[],
  segments: readonly Segment[],
): readonly Segment[] {
  const lines: Segment[] = [];
  for (const change of changes) {
    if (change.type !== 'group-line') continue;
    const { log, seq, at, line } = change.line;
    lines.push({ log, first: seq, count: 1, at, bytes: Buffer.from(line, 'latin1') });
  }
  if (lines.length === 0) return segments;
  return [...segments, ...lines].sort(
    (one, other) => one.log - other.log || one.first - other.first,
  );
}

// A page of a log, cut out of the segments that hold it: whole lines, by their numbers. There may be gaps between
// segments, and the first and the last may hold more than was requested.

import type { Segment } from '../../hub/store-port.ts';

export interface PageRange {
  readonly after: number;
  readonly before: number;
  readonly from: 'start' | 'end';
  readonly maxMessages: number;
  /** A page ends with the line that reaches this. */
  readonly maxBytes: number;
}

export interface Page {
  /** The lines in order, oldest first, as a binary string. */
  readonly lines: string;
  /** How many lines, and the numbers of the first and the last; all 0 if there are none. */
  readonly count: number;
  readonly first: number;
  readonly last: number;
  /** First and last numbers of messages within this page that cannot be read any more. */
  readonly damaged: readonly (readonly [number, number])[];
}

/** Where a line is in the bytes of its segment. */
interface Place {
  readonly seq: number;
  readonly start: number;
  readonly end: number;
}

const lineEnd = 10;

/** The page of `range`. */
export function pageOf(segments: readonly Segment[], range: PageRange): Page {
  const fromStart = range.from === 'start';
  const taken: { seq: number; text: string }[] = [];
  const damaged: [number, number][] = [];
  let bytes = 0;
  for (const segment of fromStart ? segments : segments.toReversed()) {
    if (taken.length >= range.maxMessages || bytes >= range.maxBytes) break;
    if (segment.isDamaged === true) {
      damaged.push([segment.first, segment.first + segment.count - 1]);
      continue;
    }
    const block = Buffer.from(segment.bytes.buffer, segment.bytes.byteOffset, segment.bytes.length);
    const places = placesWithin(segment, block, range);
    for (const { seq, start, end } of fromStart ? places : places.toReversed()) {
      if (taken.length >= range.maxMessages || bytes >= range.maxBytes) break;
      taken.push({ seq, text: block.toString('latin1', start, end) });
      bytes += end - start;
    }
  }
  if (!fromStart) {
    taken.reverse();
    damaged.reverse();
  }
  return {
    lines: taken.map(({ text }) => text).join(''),
    count: taken.length,
    first: taken[0]?.seq ?? 0,
    last: taken.at(-1)?.seq ?? 0,
    damaged,
  };
}

/** Where the lines of a segment are that are in the range. */
function placesWithin({ first, count }: Segment, block: Buffer, range: PageRange): Place[] {
  const places: Place[] = [];
  let start = 0;
  for (let seq = first; seq < first + count && seq < range.before; seq++) {
    const end = block.indexOf(lineEnd, start) + 1;
    if (end === 0) break;
    if (seq > range.after) places.push({ seq, start, end });
    start = end;
  }
  return places;
}

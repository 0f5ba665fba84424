// Pages compared with the plain list of lines that the segments were made of.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LogId } from '../../hub/records.ts';
import type { Segment } from '../../hub/store-port.ts';
import { pageOf, type PageRange } from './page.ts';

/** Segments of these sizes, each after a gap. */
function segmentsOf(sizes: readonly (readonly [gap: number, size: number])[]) {
  const lines: { seq: number; text: string }[] = [];
  const segments: Segment[] = [];
  let last = 0;
  for (const [gap, size] of sizes) {
    const first = last + 1 + gap;
    const own = Array.from({ length: size }, (_, at) => ({
      seq: first + at,
      text: `grüße ${first + at}\n`,
    }));
    lines.push(...own);
    const bytes = Buffer.from(own.map(({ text }) => text).join(''));
    segments.push({ log: 1 as LogId, first, count: size, at: 0, bytes });
    last = first + size - 1;
  }
  return { lines, segments, last };
}

test('a page holds the lines of its range from the end that was asked for, as many as fit', () => {
  const sizes = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 6 })), {
    maxLength: 8,
    size: 'max',
  });
  const range: fc.Arbitrary<PageRange> = fc.record({
    after: fc.nat({ max: 30 }),
    before: fc.nat({ max: 50 }),
    from: fc.constantFrom('start', 'end'),
    maxMessages: fc.integer({ min: 1, max: 20 }),
    maxBytes: fc.constantFrom(1, 50, 100_000),
  });
  fc.assert(
    fc.property(sizes, range, (sizes, range) => {
      const { lines, segments } = segmentsOf(sizes);
      const inRange = lines.filter(({ seq }) => seq > range.after && seq < range.before);
      const expected: typeof lines = [];
      let bytes = 0;
      for (const line of range.from === 'start' ? inRange : inRange.toReversed()) {
        if (expected.length === range.maxMessages || bytes >= range.maxBytes) break;
        expected.push(line);
        bytes += Buffer.byteLength(line.text);
      }
      if (range.from === 'end') expected.reverse();
      const page = pageOf(segments, range);
      assert.equal(
        Buffer.from(page.lines, 'latin1').toString(),
        expected.map(({ text }) => text).join(''),
      );
      assert.deepEqual(
        [page.count, page.first, page.last],
        [expected.length, expected[0]?.seq ?? 0, expected.at(-1)?.seq ?? 0],
      );
    }),
    { numRuns: 500 },
  );
});

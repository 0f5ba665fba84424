import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fit, pad, widthOf, wrap } from './text.ts';

const pieces = fc.constantFrom(
  'a',
  'word',
  ' ',
  '  ',
  '日本',
  'e\u0301',
  '👨‍👩‍👧',
  'שלום',
  '👍🏽',
  '.',
  'verylongwordwithoutspaces',
);
const texts = fc
  .array(pieces, { minLength: 0, maxLength: 60, size: 'max' })
  .map((parts) => parts.join(''));

test('no row is wider than it may be, and nothing but spaces is lost', () => {
  fc.assert(
    fc.property(
      texts,
      fc.integer({ min: 2, max: 40 }),
      fc.integer({ min: 2, max: 40 }),
      (text, first, rest) => {
        const rows = wrap(text, first, rest).map(({ start, end }) => text.slice(start, end));
        rows.forEach((row, index) =>
          assert.ok(widthOf(row.trimStart()) <= (index === 0 ? first : rest), row),
        );
        assert.equal(rows.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
      },
    ),
  );
});

test('pieces stand in order and do not overlap', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 2, max: 30 }), (text, width) => {
      let before = 0;
      for (const { start, end } of wrap(text, width, width)) {
        assert.ok(start >= before && end >= start);
        before = end;
      }
    }),
  );
});

test('what is cut fits, and what is filled up has the width', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 30 }), (text, width) => {
      assert.ok(widthOf(fit(text, width)) <= width);
      assert.equal(widthOf(pad(text, width)), width);
    }),
  );
});

test('rows break at spaces where a word fits', () => {
  const text = 'one two three four';
  const rows = wrap(text, 8, 10).map(({ start, end }) => text.slice(start, end));
  assert.deepEqual(rows, ['one two', 'three four']);
});

test('rows break at line ends, and spaces at the beginning of a line stay', () => {
  const text = 'one two\n    three four\n\n five';
  const rows = wrap(text, 10, 10).map(({ start, end }) => text.slice(start, end));
  assert.deepEqual(rows, ['one two', '    three', 'four', '', ' five']);
});

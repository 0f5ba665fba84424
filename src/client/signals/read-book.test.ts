// How far others have read: the same whatever the order, only ever more, bounded, and there after a start.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { maxReadBooks, maxReaders } from './limits.ts';
import { ReadBook } from './read-book.ts';

const [lobby, tea] = ['lobby', '#tea'] as unknown as [ConversationName, ConversationName];
const people = ['bob', 'carol', 'dave'] as Username[];
const mark = fc.record({
  name: fc.constantFrom(lobby, tea),
  user: fc.constantFrom(...people),
  seq: fc.integer({ min: 0, max: 8 }),
});
type Mark = typeof mark extends fc.Arbitrary<infer T> ? T : never;

const filled = (marks: readonly Mark[], book = new ReadBook([])): ReadBook => {
  for (const { name, user, seq } of marks) book.mark(name, 1, user, seq);
  return book;
};

const shown = (book: ReadBook): unknown =>
  [lobby, tea].map((name) => Array.from({ length: 9 }, (_, seq) => book.readers(name, 1, seq + 1)));

/** The slow and obvious way. */
const naive = (marks: readonly Mark[]): unknown =>
  [lobby, tea].map((place) =>
    Array.from({ length: 9 }, (_, seq) =>
      people.filter((user) =>
        marks.some((one) => one.name === place && one.user === user && one.seq > seq),
      ),
    ),
  );

function again(book: ReadBook): ReadBook {
  const { value } = book;
  assert.ok(value.type === 'kept-value' && value.value !== undefined);
  return new ReadBook([{ name: value.name, value: value.value }]);
}

test('whatever the order, how often, and over a start: who has read what is the highest that each has said', () => {
  fc.assert(
    fc.property(fc.array(mark), fc.array(mark), (first, second) => {
      const all = [...first, ...second];
      const expected = naive(all);
      assert.deepEqual(shown(filled(all)), expected);
      assert.deepEqual(shown(filled([...all].reverse())), expected);
      assert.deepEqual(shown(filled([...all, ...first])), expected);
      assert.deepEqual(shown(filled(second, again(filled(first)))), expected);
    }),
  );
});

test('a mark is news once, and only if it is more', () => {
  const book = new ReadBook([]);
  const bob = 'bob' as Username;
  assert.deepEqual(
    [3, 3, 2, 4].map((seq) => book.mark(tea, 1, bob, seq)),
    [true, false, false, true],
  );
});

test('numbers of another log say nothing, and what was said of that is forgotten', () => {
  const book = new ReadBook([]);
  book.mark(tea, 1, 'bob' as Username, 9);
  assert.deepEqual(book.readers(tea, 2, 1), []);
  book.mark(tea, 2, 'carol' as Username, 1);
  assert.deepEqual([book.readers(tea, 2, 1), book.readers(tea, 1, 1)], [['carol'], []]);
});

test('of no more people and conversations than fit, the last ones stay', () => {
  const book = new ReadBook([]);
  for (let at = 0; at <= maxReaders; at++) book.mark(tea, 1, `user${at}` as Username, 1);
  assert.equal(book.readers(tea, 1, 1).length, maxReaders);
  assert.ok(!book.readers(tea, 1, 1).includes('user0' as Username));
  for (let at = 0; at < maxReadBooks; at++) {
    book.mark(`#g${at}` as ConversationName, 1, 'bob' as Username, 1);
  }
  assert.deepEqual(book.readers(tea, 1, 1), []);
  assert.deepEqual(book.readers('#g0' as ConversationName, 1, 1), ['bob']);
});

test('a damaged value is none', () => {
  assert.deepEqual(
    new ReadBook([{ name: 'read-by', value: '[["lobby"' }]).readers(lobby, 1, 1),
    [],
  );
});

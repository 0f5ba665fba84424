import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wrapWords } from './wrap.ts';

test('rows end at spaces, and later ones are indented', () => {
  assert.equal(
    wrapWords('* send it by /unencrypted @dora text', 24, '  '),
    '* send it by\n  /unencrypted @dora\n  text',
  );
  assert.equal(wrapWords('* short', 80, '  '), '* short');
  assert.equal(wrapWords('*     17895  23453', 80, '  '), '*     17895  23453');
  assert.equal(wrapWords('', 80, '  '), '');
});

test('a word longer than a row stays whole', () => {
  assert.equal(wrapWords('a longerthanarow b', 6, ' '), 'a\n longerthanarow\n b');
});

test('the words and their order are kept, and no row is too long unless one word is', () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  fc.assert(
    fc.property(fc.array(word), fc.integer({ min: 1, max: 40 }), (words, columns) => {
      const wrapped = wrapWords(words.join(' '), columns, '  ');
      assert.deepEqual(wrapped.split(/\s+/).filter(Boolean), words);
      for (const row of wrapped.split('\n')) {
        assert.ok(row.length <= columns || row.trim().split(' ').length === 1, row);
      }
    }),
  );
});

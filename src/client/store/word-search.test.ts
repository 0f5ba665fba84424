import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexedText, phraseOf, wordMatcher, wordPlace, wordsIn } from './word-search.ts';

function isFound(query: string, text: string): boolean {
  return wordMatcher(wordsIn(query))(text);
}

test('words are found by their beginnings, in any letter case and order', () => {
  assert.ok(isFound('Gard wat', 'water the GARDEN'));
  assert.ok(!isFound('Gard wat', 'the garden'));
  assert.ok(!isFound('arden', 'garden'));
  assert.ok(isFound('über', 'Überall'));
  assert.ok(!isFound('a.b', 'axb'));
  assert.ok(isFound('file_name', 'the file_name'));
  assert.ok(isFound('name', 'the file_name'));
  assert.ok(isFound('ΟΔΟΣ', 'οδος') && isFound('οδοσ', 'Οδός'));
});

test('words are found with and without their accents', () => {
  for (const [query, text] of [
    ['cafe', 'un café'],
    ['café', 'un cafe'],
    ['cafe\u0301', 'un café'],
    ['Zurich', 'Zürich'],
    ['Ấn', 'an'],
    ['ещё', 'еще раз'],
  ] as const) {
    assert.ok(isFound(query, text), `${query} in ${text}`);
  }
  assert.ok(isFound('soft\u00ADware', 'software') && isFound('software', 'soft\u00ADware'));
});

test('words are found inside runs without spaces', () => {
  for (const [query, text] of [
    ['文章', '日本語の長い文章です'],
    ['日本', '日本語'],
    ['章', '日本語の長い文章です'],
    ['す', '日本語の長い文章です'],
    ['長い文', '日本語の長い文章です'],
    ['ค้นหา', 'ฉันค้นหาคำ'],
    ['ラーメン', '今日はラーメンを食べた'],
    ['語abc', '日本語abcd'],
    ['abc日', 'abc日本語'],
    ['어요', '안녕하세요 있어요'],
  ] as const) {
    assert.ok(isFound(query, text), `${query} in ${text}`);
  }
  assert.ok(!isFound('文長', '日本語の長い文章です'));
  assert.ok(!isFound('文章文', '日本語の長い文章です'));
});

test('symbols and emoji are found as they are written', () => {
  for (const [query, text] of [
    ['<<<', 'a <<<< b'],
    ['<<<', '<<<'],
    ['🦖', 'look: 🦖🦖!'],
    ['❤', 'I ❤️ it'],
    ['❤️', 'I ❤ it'],
    ['👨‍👩‍👧', 'the 👨‍👩‍👧 family'],
    ['C++', 'I like C++ more'],
    ['C++', 'c++17'],
    ['c+', 'C++'],
    ['->', 'a->b'],
    ['(foo', '((foo))'],
    ['50%', 'by 50%.'],
    ['"', 'he said "no"'],
  ] as const) {
    assert.ok(isFound(query, text), `${query} in ${text}`);
  }
  assert.ok(!isFound('C++', 'C and + +'));
  assert.ok(!isFound('<<<', '<<'));
  assert.ok(!isFound('🦖', '🦕'));
});

test('blanks and what nobody sees are no words', () => {
  for (const query of ['', ' ', '\u00A0\u3000', '\u200B', '\uFE0F', '\u0301']) {
    assert.deepEqual(wordsIn(query), [], JSON.stringify(query));
  }
});

test('the place of the first word that is found is one in the text as it was written', () => {
  const placeOf = (query: string, text: string) => wordPlace(wordsIn(query))(text);
  assert.equal(placeOf('文章', '日本語の長い文章です'), 6);
  assert.equal(placeOf('cafe', '👨‍👩‍👧 café'), '👨‍👩‍👧 '.length);
  assert.equal(placeOf('++', 'I like C++'), 8);
  assert.equal(placeOf('nothing', 'else'), 0);
});

test('no piece has anything that an index would take apart', () => {
  const all = Array.from({ length: 0x2000 }, (_, at) => String.fromCodePoint(at)).join('');
  for (const text of [all, all.toUpperCase(), 'ß½⑴ﬁ² \u037E´`']) {
    for (const piece of indexedText(text).split(' ')) {
      // oxlint-disable-next-line no-control-regex -- ASCII that is neither letter nor digit
      assert.doesNotMatch(piece, /[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]/);
    }
  }
});

test('taking apart takes linear time, whatever it is', () => {
  for (const part of ['a', '日', '<', 'e\u0301', '👨\u200D', '\u200D', ' ', '. ', '\u0301']) {
    const length = (count: number) => indexedText(part.repeat(count)).length;
    // A quadratic algorithm would take too long.
    assert.ok(length(200_000) >= 0);
  }
  assert.deepEqual(phraseOf('x'.repeat(100)), ['x'.repeat(64)]);
  assert.ok(isFound('x'.repeat(100), 'x'.repeat(70)));
});

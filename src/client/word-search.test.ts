import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordMatcher, wordsIn } from './word-search.ts';

function isFound(query: string, text: string): boolean {
  return wordMatcher(wordsIn(query))(text);
}

test('words are found by their beginnings, in any letter case and order', () => {
  assert.ok(isFound('Gard wat', 'water the GARDEN'));
  assert.ok(!isFound('Gard wat', 'the garden'));
  assert.ok(!isFound('arden', 'garden'));
  assert.ok(isFound('über', 'Überall'));
  assert.ok(isFound('日本', '日本語'));
  assert.deepEqual(wordsIn('.* ?!'), []);
  assert.ok(!isFound('a.b', 'axb'));
  assert.ok(isFound('file_name', 'the file_name'));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matcher } from './word-search.ts';

test('words are found by their beginnings, in any letter case and order', () => {
  const isMeant = matcher('Gard wat');
  assert.ok(isMeant?.('water the GARDEN'));
  assert.ok(!isMeant?.('the garden'));
  assert.ok(!matcher('arden')?.('garden'));
  assert.ok(matcher('über')?.('Überall'));
  assert.ok(matcher('日本')?.('日本語'));
  assert.equal(matcher('.*'), undefined);
  assert.ok(!matcher('a.b')?.('axb'));
});

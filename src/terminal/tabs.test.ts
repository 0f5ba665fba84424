import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandTabs } from './tabs.ts';

test('pasted tabs keep their width: what stood below one another still does', () => {
  assert.equal(expandTabs('a\tb'), `a${' '.repeat(7)}b`);
  assert.equal(expandTabs('\tb'), `${' '.repeat(8)}b`);
  assert.equal(expandTabs('日本\tb'), `日本${' '.repeat(4)}b`);
  assert.equal(expandTabs('12345678\tb'), `12345678${' '.repeat(8)}b`);
  assert.equal(expandTabs('a\tb', 3), `a${' '.repeat(4)}b`);
  assert.equal(expandTabs('none'), 'none');
});

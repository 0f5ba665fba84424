import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete } from './completion.ts';

const names = ['bob', 'Bobby', 'alice'];

test('commands are completed at the beginning of a line only', () => {
  assert.deepEqual(complete('/jo', names), [['/join '], '/jo']);
  assert.deepEqual(complete('/le', names), [['/leave '], '/le']);
  assert.deepEqual(complete('say /jo', names), [[], 'say /jo']);
  assert.deepEqual(complete('//jo', names), [[], '//jo']);
});

test('names are completed behind an @ in any letter case', () => {
  assert.deepEqual(complete('@b', names), [['@Bobby ', '@bob '], '@b']);
  assert.deepEqual(complete('/verify @AL', names), [['@alice '], '@AL']);
  assert.deepEqual(complete('@', names)[0].length, 3);
  assert.deepEqual(complete('mail@b', names), [[], 'mail@b']);
  assert.deepEqual(complete('@@b', names), [[], '@@b']);
});

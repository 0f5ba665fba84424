import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodes } from '../exit-codes.ts';
import { oneFile } from './one-file.ts';

test('one file is taken from the folder that one stands in; none, an empty one and two are refused', () => {
  assert.deepEqual(oneFile(['b'], '/a', 'backup'), { ok: true, value: '/a/b' });
  assert.deepEqual(oneFile(['/b'], '/a', 'restore'), { ok: true, value: '/b' });
  for (const [rest, found] of [
    [[], 'none is named'],
    [[''], 'none is named'],
    [['b', 'c'], 'c is one more'],
  ] as const) {
    const refused = oneFile(rest, '/a', 'restore');
    assert.ok(!refused.ok);
    assert.deepEqual(refused.error, {
      exitCode: exitCodes.usage,
      message: `restore takes one file, and ${found}`,
      hint: 'Say helo restore FILE.',
    });
  }
});

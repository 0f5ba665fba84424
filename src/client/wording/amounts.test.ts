import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatSeconds, formatShare } from './amounts.ts';

test('bytes in thousands, with two digits at least', () => {
  const shown = [0, 1, 999, 1000, 9949, 9950, 99_499, 999_499, 999_500, 4_294_967_296, 9e15];
  assert.deepEqual(shown.map(formatBytes), [
    '0 bytes',
    '1 byte',
    '999 bytes',
    '1.0 kB',
    '9.9 kB',
    '10 kB',
    '99 kB',
    '999 kB',
    '1.0 MB',
    '4.3 GB',
    '9.0 PB',
  ]);
});

test('times and shares', () => {
  assert.deepEqual([0, 0.2, 59.1, 3599, 3600, 360_005].map(formatSeconds), [
    '0:00',
    '0:01',
    '1:00',
    '59:59',
    '1:00:00',
    '100:00:05',
  ]);
  assert.deepEqual(
    [formatShare(0, 10), formatShare(9999, 10_000), formatShare(10, 10), formatShare(0, 0)],
    ['0 %', '99 %', '100 %', '100 %'],
  );
});

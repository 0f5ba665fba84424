import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../../test/support/pair.ts';
import { safetyNumber } from './safety-number.ts';

const a = { user: 'alice', key: new Uint8Array(32).fill(1) };
const b = { user: 'bob', key: new Uint8Array(32).fill(2) };

test('both sides read the same sixty digits', async () => {
  const number = await safetyNumber(suite, a, b);
  assert.match(number, /^(\d{5} ){11}\d{5}$/);
  assert.equal(await safetyNumber(suite, b, a), number);
});

test('the digits are a fixed promise: people compare them across versions', async () => {
  assert.equal(
    await safetyNumber(suite, a, b),
    '10225 14636 95423 76058 57977 41728 38538 22327 47001 83315 65310 00460',
  );
});

test('another name or key gives another number', async () => {
  const number = await safetyNumber(suite, a, b);
  assert.notEqual(await safetyNumber(suite, a, { ...b, user: 'bob2' }), number);
  const key = b.key.slice();
  key[31] = (key[31] ?? 0) ^ 1;
  assert.notEqual(await safetyNumber(suite, a, { ...b, key }), number);
});

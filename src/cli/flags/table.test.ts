import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wholeNumber } from './decoders.ts';
import { flag, switchFlag, variableOf } from './table.ts';

test('the variable of a flag is its name in capitals behind HELO_', () => {
  assert.equal(variableOf('ping-interval'), 'HELO_PING_INTERVAL');
});

test('a default that its own decoder refuses is a bug, found when the program starts', () => {
  const broken = () => flag({ value: 'N', decode: wholeNumber(1, 9), default: '10', help: '' });
  assert.throws(broken, { name: 'InvariantError' });
});

test('a switch says true or false in the many ways that people write it', () => {
  const { decode, absent } = switchFlag('');
  for (const text of ['true', '1', 'yes'])
    assert.deepEqual(decode(text, ''), { ok: true, value: true });
  for (const text of ['false', '0', 'no'])
    assert.deepEqual(decode(text, ''), { ok: true, value: false });
  assert.deepEqual(decode('on', ''), { ok: false, error: 'true or false' });
  assert.equal(absent({}), false);
});

// What may be typed behind `/dnd`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wishIn } from './quiet-words.ts';

const none = { until: 0, daily: null };
const now = new Date(2026, 5, 1, 20, 30).getTime();

test('an end, hours of each day, or none', () => {
  assert.deepEqual(wishIn('1h', none, now), { ...none, until: now + 3_600_000 });
  assert.deepEqual(wishIn('on', none, now), { ...none, until: null });
  assert.deepEqual(wishIn('forever', none, now), { ...none, until: null });
  assert.deepEqual(wishIn('off', { until: null, daily: [1, 2] }, now), { until: 0, daily: [1, 2] });
  assert.equal(wishIn('until 08:00', none, now)?.until, new Date(2026, 5, 2, 8).getTime());
  assert.equal(wishIn('until 21:00', none, now)?.until, new Date(2026, 5, 1, 21).getTime());
  assert.deepEqual(wishIn('daily 22:00-08:00', none, now), { until: 0, daily: [1320, 480] });
  assert.deepEqual(wishIn('daily off', { until: 7, daily: [1, 2] }, now), {
    until: 7,
    daily: null,
  });
});

test('other words are refused', () => {
  for (const typed of [
    'maybe',
    '0h',
    'until',
    'until 24:00',
    'until 8',
    'daily',
    'daily 22:00',
    'daily 22:00-22:00',
    'daily 22:00-25:00',
    '1h 2h',
    'on off',
    'until 08:00 please',
  ]) {
    assert.equal(wishIn(typed, none, now), undefined, typed);
  }
});

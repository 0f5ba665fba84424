import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId } from '../../hub/records.ts';
import { createTestClock } from '../clock.fixture.ts';
import { KeyLimits } from './key-limits.ts';

const id = (number: number) => number as AccountId;

test('who asks too often waits, and others are not kept waiting by it', () => {
  const { clock, goTo } = createTestClock();
  const limits = new KeyLimits(clock);
  const taken = Array.from({ length: 300 }, (_, at) => limits.take(id(1), id(1000 + at)));
  const refusedAt = taken.findIndex((waitMs) => waitMs > 0);
  assert.equal(refusedAt, 101);
  const waitMs = limits.take(id(1), id(5000));
  assert.equal(limits.take(id(2), id(1000)), 0);
  goTo(waitMs);
  assert.equal(limits.take(id(1), id(5000)), 0);
});

test('nobody can be asked about without end, whoever asks', () => {
  const { clock } = createTestClock();
  const limits = new KeyLimits(clock);
  const taken = Array.from({ length: 300 }, (_, at) => limits.take(id(1000 + at), id(1)));
  assert.equal(
    taken.findIndex((waitMs) => waitMs > 0),
    201,
  );
  assert.equal(limits.take(id(9), id(2)), 0);
});

test('buckets that are full again are thrown away when there are many', () => {
  const { clock, goTo } = createTestClock();
  const limits = new KeyLimits(clock);
  for (let at = 0; at < 30_000; at++) {
    assert.equal(limits.take(id(at), id(100_000 + at)), 0);
    goTo(at);
  }
  assert.ok(limits.size <= 2 * 10_001, `${limits.size} buckets`);
});

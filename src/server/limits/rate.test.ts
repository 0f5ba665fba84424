import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { debtMs, fullBucket, maxDebtMs, use, type Rate } from './rate.ts';

const rate: fc.Arbitrary<Rate> = fc.record({
  perSecond: fc.integer({ min: 1, max: 10_000 }),
  burst: fc.integer({ min: 1, max: 10_000 }),
});
const uses = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 5000 }),
    amount: fc.integer({ min: 0, max: 20_000 }),
  }),
  { maxLength: 40 },
);

test('a bucket is in debt exactly when one that is filled drop by drop is', () => {
  fc.assert(
    fc.property(rate, uses, (rate, uses) => {
      let now = 1000;
      let bucket = fullBucket;
      let level = rate.burst;
      for (const { afterMs, amount } of uses) {
        now += afterMs;
        level = Math.min(rate.burst, level + (afterMs * rate.perSecond) / 1000);
        bucket = use(bucket, rate, amount, now);
        level = Math.max(level - amount, (-rate.perSecond * maxDebtMs) / 1000);
        const expected = Math.max(0, (-level * 1000) / rate.perSecond);
        assert.ok(Math.abs(debtMs(bucket, rate, now) - expected) < 1e-3);
      }
    }),
  );
});

test('whoever waits for the debt before each use gets the burst and the rate, and one use more', () => {
  fc.assert(
    fc.property(rate, uses, (rate, uses) => {
      // Larger ones reach the cap of the debt, which is tested below.
      fc.pre(uses.every(({ amount }) => amount * 1000 <= rate.perSecond * maxDebtMs));
      let now = 0;
      let bucket = fullBucket;
      let used = 0;
      for (const { amount } of uses) {
        now += debtMs(bucket, rate, now);
        assert.ok(used <= rate.burst + (now * rate.perSecond) / 1000 + 1e-3);
        bucket = use(bucket, rate, amount, now);
        used += amount;
      }
    }),
  );
});

test('within the burst nobody waits, and a full bucket holds no more than that', () => {
  const rate = { perSecond: 10, burst: 100 };
  const used = use(fullBucket, rate, 100, 1_000_000);
  assert.equal(debtMs(used, rate, 1_000_000), 0);
  assert.equal(debtMs(use(used, rate, 1, 1_000_000), rate, 1_000_000), 100);
  // Ten seconds later it is full, and an hour later no fuller.
  for (const later of [1_010_000, 4_600_000]) {
    assert.equal(debtMs(use(used, rate, 101, later), rate, later), 100);
  }
});

test('nobody waits longer than the cap, whatever was used', () => {
  fc.assert(
    fc.property(rate, uses, (rate, uses) => {
      let now = 0;
      let bucket = fullBucket;
      for (const { afterMs, amount } of uses) {
        now += afterMs;
        bucket = use(bucket, rate, amount * 1000, now);
        assert.ok(debtMs(bucket, rate, now) <= maxDebtMs + 1e-3);
        assert.equal(debtMs(bucket, rate, now + maxDebtMs + 1), 0);
      }
    }),
  );
});

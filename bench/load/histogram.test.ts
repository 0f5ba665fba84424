import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Histogram } from './histogram.ts';

test('a quantile is within 1.6 per cent, or a microsecond, of the exact one', () => {
  const latencies = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(latencies, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
      const histogram = new Histogram();
      for (const value of values) histogram.add(value);
      const sorted = [...values].sort((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(q * values.length)) - 1] as number;
      const got = histogram.quantile(q);
      assert.ok(Math.abs(got - exact) <= exact * 0.016 + 0.001, `${got} for ${exact}`);
    }),
  );
});

test('cleared it has nothing; what is longer than it can count is the longest', () => {
  const histogram = new Histogram();
  histogram.add(1e12);
  assert.ok(histogram.quantile(0.5) > 2e6);
  histogram.clear();
  assert.equal(histogram.total, 0);
  assert.ok(Number.isNaN(histogram.quantile(0.5)));
});

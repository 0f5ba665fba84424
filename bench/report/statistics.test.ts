import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome, Run } from '../results.ts';
import { figure, median, ratio, spread } from './statistics.ts';

const id = { scenario: 'fan-out', key: 'rate' };

function run(peer: string, round: number, outcome: Outcome): Run {
  return { scenario: 'fan-out', peer, round, outcome };
}
const rates = (peer: string, ...values: readonly number[]) =>
  values.map((rate, at) => run(peer, at + 1, { measured: { rate }, others: 0 }));

test('the median is the middle, and of an even number the mean of the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 9, 2]), 3);
  assert.ok(Number.isNaN(median([])));
  assert.equal(spread([8, 10, 14]), 0.6);
});

test('a ratio is taken round by round before the median is', () => {
  // The second round was slow for both: medians alone would give 40 / 10.
  const runs = [...rates('helo', 40, 4, 50), ...rates('redis', 8, 1, 10)];
  assert.equal(figure({ runs }, id, 'helo'), 40);
  assert.equal(figure({ runs }, id, 'redis'), 8);
  assert.equal(ratio({ runs }, id, 'helo', 'redis'), 5);
});

test('rounds that only one of the two has do not count, nor do failed ones', () => {
  const runs = [
    ...rates('helo', 40, 60),
    run('redis', 1, { failed: 'lost' }),
    run('redis', 2, { measured: { rate: 10 }, others: 0 }),
  ];
  assert.equal(ratio({ runs }, id, 'helo', 'redis'), 6);
  assert.equal(ratio({ runs }, id, 'helo', 'nats'), undefined);
  assert.equal(figure({ runs }, id, 'nats'), undefined);
});

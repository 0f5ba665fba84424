// Turns: everybody who wants to commit does so in the end, and soon.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId } from '../../records.ts';
import { settle } from '../../../../test/support/turn-queue.ts';
import { Turns } from './turns.ts';

test('500 who want to commit at once have done so within 60 seconds, with less than two attempts each', () => {
  const { attempts, ms } = settle(500, 0);
  assert.ok(attempts === 999, `${attempts} attempts`);
  assert.ok(ms <= 60_000, `${ms} ms`);
});

test('people who take longer to commit than a turn is get longer turns: all come through', () => {
  for (const delayMs of [50, 150, 400]) {
    const { attempts, ms } = settle(60, delayMs);
    assert.ok(attempts < 60 * 8, `${attempts} attempts at ${delayMs} ms`);
    assert.ok(ms < 180_000, `${ms} ms at ${delayMs} ms`);
  }
});

test('whoever has just committed, or is not asked, lets those who wait go first', () => {
  const turns = new Turns();
  const [one, other, third] = [1 as AccountId, 2 as AccountId, 3 as AccountId];
  assert.ok(turns.mayCommit(one, 0));
  turns.committed(one);
  assert.equal(turns.wait(other, 0), 80);
  assert.ok(!turns.mayCommit(one, 10));
  assert.ok(!turns.mayCommit(third, 10));
  assert.equal(turns.wait(one, 10), 150);
  assert.ok(turns.mayCommit(other, 80));
  turns.committed(other);
  assert.ok(turns.mayCommit(one, 85));
  turns.committed(one);
  assert.ok(turns.mayCommit(third, 86));
});

test('who does not come in their turn keeps nobody waiting for long, nor does a clock that is set back', () => {
  const turns = new Turns();
  const [one, other] = [1 as AccountId, 2 as AccountId];
  turns.committed(other);
  turns.wait(one, 1_000_000);
  assert.ok(!turns.mayCommit(other, 1_000_500));
  assert.ok(turns.mayCommit(other, 1_003_000));
  turns.wait(one, 2_000_000);
  assert.ok(turns.mayCommit(other, 1_000_000));
});

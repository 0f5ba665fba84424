import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogId } from '../hub/records.ts';
import { StoreError, type Trimmed } from '../hub/store-port.ts';
import { createTestClock } from './clock.fixture.ts';
import { silentLogger } from './log.ts';
import { RetentionLoop } from './retention.ts';

const trimmed = (log: number, first: number): Trimmed => ({ log: log as LogId, first });
const retention = { maxAgeMs: 1000, maxCount: undefined };

function setUp(answers: readonly (readonly Trimmed[] | 'fails')[], perRound: number) {
  const { clock, goTo, timers } = createTestClock();
  const told: Trimmed[] = [];
  let asked = 0;
  const store = {
    async trim() {
      const answer = answers[asked++] ?? [];
      if (answer === 'fails') throw new StoreError('failed', 'as the test says');
      return { trimmed: answer, more: asked % perRound !== 0 };
    },
  };
  const loop = new RetentionLoop(store, retention, clock, silentLogger, (trimmed) =>
    told.push(...trimmed),
  );
  return { loop, told, timers, goTo, asked: () => asked, done: () => new Promise(setImmediate) };
}

test('a round goes on while there is more, and the next one begins a minute later', async () => {
  const { loop, told, goTo, asked, done } = setUp([[trimmed(1, 5)], [], [trimmed(2, 9)]], 2);
  loop.start();
  await done();
  assert.deepEqual([told, asked()], [[trimmed(1, 5)], 2]);
  goTo(59_999);
  assert.equal(asked(), 2);
  goTo(60_000);
  await done();
  assert.deepEqual([told.at(-1), asked()], [trimmed(2, 9), 4]);
});

test('a store that fails is asked again in the next round', async () => {
  const { loop, told, goTo, done } = setUp(['fails', [trimmed(1, 5)]], 1);
  loop.start();
  await done();
  goTo(60_000);
  await done();
  assert.deepEqual(told, [trimmed(1, 5)]);
});

test('the end leaves no timer, and nobody asks any more', async () => {
  const { loop, timers, asked, done } = setUp([], 1000);
  loop.start();
  await loop.close();
  const before = asked();
  await done();
  assert.deepEqual([timers.size, asked()], [0, before]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from './clock.fixture.ts';
import { DiskWatch } from './disk-watch.ts';
import { silentLogger } from './log.ts';

const done = () => new Promise(setImmediate);

test('a disk with less room than the reserve is told once, and when there is room again', async () => {
  const { clock, goTo, timers } = createTestClock();
  const told: boolean[] = [];
  let free = 2_000;
  const look = async () => {
    if (free < 0) throw new Error('the system does not say');
    return { bavail: free, blocks: 1_000_000, bsize: 1 };
  };
  const reserve = { folder: '/', bytes: 1_000 };
  const watch = new DiskWatch(reserve, clock, silentLogger, (has) => told.push(has), look);
  watch.start();
  await done();
  for (const [at, now] of [1_500, 999, 10, -1, 1_000].entries()) {
    free = now;
    goTo((at + 1) * 1000);
    await done();
  }
  assert.deepEqual(told, [false, true]);
  watch.close();
  assert.equal(timers.size, 0);
});

test('of a small disk no more than a tenth is kept free', async () => {
  const { clock } = createTestClock();
  const told: boolean[] = [];
  const look = async () => ({ bavail: 101, blocks: 1_000, bsize: 1 });
  const reserve = { folder: '/', bytes: 1_000_000 };
  const watch = new DiskWatch(reserve, clock, silentLogger, (has) => told.push(has), look);
  watch.start();
  await done();
  watch.close();
  assert.deepEqual(told, []);
});

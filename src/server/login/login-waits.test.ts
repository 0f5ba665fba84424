import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionId } from '../../hub/effects.ts';
import { createTestClock } from '../clock.fixture.ts';
import { LoginWaits } from './login-waits.ts';

const [first, second] = [1, 2] as ConnectionId[] as [ConnectionId, ConnectionId];

test('logins that wait for a stalled store are told after two seconds and every four, later ones at once, and nobody afterwards', async () => {
  const { clock, goTo, timers } = createTestClock();
  const told: string[] = [];
  const queue = {
    get commitMs() {
      return clock.now();
    },
  };
  const waits = new LoginWaits(queue, clock, (one) => void told.push(`${clock.now()} ${one}`));
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  const over = waits.add(first, promise);
  goTo(1_999);
  assert.deepEqual(told, []);
  goTo(3_000);
  void waits.add(second, new Promise(() => {}));
  goTo(6_500);
  resolve();
  await over;
  goTo(10_500);
  assert.deepEqual(told, ['2000 1', '3000 2', '6000 1', '6000 2', '10000 2']);
  waits.remove(second);
  assert.equal(timers.size, 0);
});

test('logins that wait no longer than commits take are told nothing', async () => {
  const { clock, goTo, timers } = createTestClock();
  const waits = new LoginWaits({ commitMs: 1 }, clock, () => assert.fail('told'));
  await waits.add(first, Promise.resolve());
  goTo(10_000);
  assert.equal(timers.size, 0);
});

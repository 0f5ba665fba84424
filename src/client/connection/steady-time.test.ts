import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { afterSteadyTime, agoMs } from './steady-time.ts';

function setUp() {
  const timers = new FakeTimers();
  const clock = { setBy: 0, called: 0 };
  const ports = { timers, now: () => timers.now + clock.setBy };
  const cancel = afterSteadyTime(ports, 1_000_000, () => clock.called++);
  return { timers, clock, cancel };
}

test('a time that passes by the timer and by the wall clock alike is enough', () => {
  const { timers, clock } = setUp();
  timers.advance(999_999);
  assert.equal(clock.called, 0);
  timers.advance(1);
  assert.equal(clock.called, 1);
  assert.equal(timers.running, 0);
});

test('a wall clock that is set meanwhile, forward or back, is watched for as long again', () => {
  for (const setBy of [400 * 86_400_000, -400 * 86_400_000]) {
    const { timers, clock } = setUp();
    timers.advance(500_000);
    clock.setBy = setBy;
    timers.advance(500_000);
    assert.equal(clock.called, 0);
    timers.advance(1_000_000);
    assert.equal(clock.called, 1);
  }
});

test('what is cancelled is not called', () => {
  const { timers, clock, cancel } = setUp();
  cancel();
  timers.advance(5_000_000);
  assert.deepEqual([clock.called, timers.running], [0, 0]);
});

test('a moment that is still to come was long ago: nothing waits for it to come round again', () => {
  assert.equal(agoMs(5, 7), 2);
  assert.equal(agoMs(7, 5), Infinity);
});

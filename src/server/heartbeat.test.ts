import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionId } from '../hub/effects.ts';
import { createTestClock } from './clock.fixture.ts';
import { Heartbeat } from './heartbeat.ts';

function setUp(intervalMs = 10_000, timeoutMs = 3000) {
  const { clock, timers, goTo } = createTestClock();
  const seen: string[] = [];
  const heartbeat = new Heartbeat(
    {
      intervalMs,
      timeoutMs,
      ping: (connection) => seen.push(`${clock.now()} ping ${connection}`),
      timedOut: (connection) => seen.push(`${clock.now()} out ${connection}`),
    },
    clock,
  );
  return { heartbeat, timers, seen, goTo };
}

const a = 1 as ConnectionId;
const b = 2 as ConnectionId;

test('[7.3] pings at the interval, and again after each answer', () => {
  const { heartbeat, seen, goTo } = setUp();
  heartbeat.add(a);
  goTo(10_500);
  heartbeat.pong(a);
  goTo(21_000);
  assert.deepEqual(seen, ['10000 ping 1', '20500 ping 1']);
});

test('[7.3] pings at the interval also where an answer may take longer than that', () => {
  const { heartbeat, seen, goTo } = setUp(1000, 30_000);
  heartbeat.add(a);
  for (const answered of [1000, 2000, 3000]) {
    goTo(answered);
    heartbeat.pong(a);
  }
  goTo(33_999);
  assert.deepEqual(seen, ['1000 ping 1', '2000 ping 1', '3000 ping 1', '4000 ping 1']);
  goTo(34_000);
  assert.equal(seen.at(-1), '34000 out 1');
});

test('[7.3] reports who has not answered after three seconds, once, and nobody else', () => {
  const { heartbeat, seen, goTo } = setUp();
  heartbeat.add(a);
  goTo(1000);
  heartbeat.add(b);
  goTo(12_999);
  heartbeat.pong(b);
  goTo(20_000);
  assert.deepEqual(seen, ['10000 ping 1', '11000 ping 2', '13000 out 1']);
});

test('[7.3] who is excused has all the time again, and nobody else has more', () => {
  const { heartbeat, seen, goTo } = setUp();
  heartbeat.add(a);
  heartbeat.add(b);
  heartbeat.excuse(a);
  goTo(12_000);
  heartbeat.excuse(a);
  goTo(20_000);
  assert.deepEqual(seen, ['10000 ping 1', '10000 ping 2', '13000 out 2', '15000 out 1']);
});

test('an answer that nobody asked for changes nothing', () => {
  const { heartbeat, seen, goTo } = setUp();
  heartbeat.add(a);
  goTo(5000);
  heartbeat.pong(a);
  heartbeat.pong(b);
  goTo(12_000);
  assert.deepEqual(seen, ['10000 ping 1']);
});

test('who is removed is left alone, and with the last the timer stops', () => {
  const { heartbeat, timers, seen, goTo } = setUp();
  heartbeat.add(a);
  heartbeat.add(b);
  goTo(10_000);
  heartbeat.remove(a);
  heartbeat.remove(b);
  assert.equal(timers.size, 0);
  goTo(60_000);
  assert.deepEqual(seen, ['10000 ping 1', '10000 ping 2']);
});

test('many connections share one timer', () => {
  const { heartbeat, timers, seen, goTo } = setUp();
  for (let at = 0; at < 1000; at++) heartbeat.add(at as ConnectionId);
  assert.equal(timers.size, 1);
  goTo(10_000);
  assert.equal(seen.length, 1000);
  assert.equal(timers.size, 1);
});

test('an interval of zero means no heartbeat', () => {
  const { heartbeat, timers } = setUp(0);
  heartbeat.add(a);
  assert.equal(timers.size, 0);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../clock.fixture.ts';
import { Admission } from './admission.ts';
import { FloodControl } from './flood-control.ts';
import type { FloodLimits } from './flood-limits.ts';

const generous = { perSecond: 1e9, burst: 1e9 };
const talk = { lines: generous, bytes: generous };
const limits: FloodLimits = {
  connection: talk,
  door: generous,
  address: { ...talk, logins: generous, connections: { perSecond: 10, burst: 5 } },
};

function setUp(maxWaiting = 1000) {
  const { clock, timers, goTo } = createTestClock();
  const flood = new FloodControl(limits, 1000, clock);
  const admission = new Admission(flood, maxWaiting, clock);
  const heard: string[] = [];
  const arrive = (name: string, address = '192.0.2.1') =>
    admission.arrive({
      address,
      letIn: () => heard.push(name),
      turnAway: (last) => heard.push(`${name} ${last.verb}`),
    });
  return { flood, admission, arrive, heard, timers, goTo };
}

const names = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`);

test('a storm is let in at the rate, in order, nobody refused; others are let in at once', () => {
  const { admission, arrive, heard, goTo } = setUp();
  for (const name of names(1, 50)) arrive(name);
  assert.deepEqual(heard, names(1, 6));
  arrive('other', '192.0.2.2');
  assert.equal(heard.pop(), 'other');
  assert.equal(admission.waiting, 44);
  goTo(1001);
  assert.deepEqual(heard, names(1, 16));
  goTo(4401);
  assert.deepEqual(heard, names(1, 50));
  assert.deepEqual([admission.waiting, admission.turnedAway], [0, 0]);
});

test('who would have to wait for more than ten seconds is turned away', () => {
  const { admission, arrive, heard } = setUp();
  for (const name of names(1, 110)) arrive(name);
  assert.equal(admission.waiting, 99);
  assert.deepEqual(heard.slice(-5), ['106 -ERR', '107 -ERR', '108 -ERR', '109 -ERR', '110 -ERR']);
  assert.equal(admission.turnedAway, 5);
});

test('no more wait than may; at the end those who wait are told', () => {
  const { flood, admission, arrive, heard, timers, goTo } = setUp(2);
  for (const name of names(1, 9)) arrive(name);
  assert.deepEqual(heard.splice(6), ['9 -ERR']);
  admission.close();
  flood.close();
  assert.deepEqual(heard.splice(6), ['7 DSCN', '8 DSCN']);
  assert.deepEqual([admission.waiting, timers.size], [0, 0]);
  goTo(60_000);
  assert.equal(heard.length, 6);
});

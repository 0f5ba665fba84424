// How often what many say is written: at once while it is little, once in a while when it is much, and never not at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../../test/support/fake-timers.ts';
import { paceBurst, paceMs } from '../limits.ts';
import { WritePacer } from './write-pacer.ts';

function setUp() {
  const timers = new FakeTimers();
  const acts: number[] = [];
  const pacer = new WritePacer({ now: () => timers.now, timers, act: () => acts.push(timers.now) });
  return { timers, acts, pacer };
}

test('a conversation of people is never held up', () => {
  const { timers, acts, pacer } = setUp();
  for (let said = 1; said <= 200; said++) {
    pacer.request();
    assert.equal(acts.length, said);
    timers.advance(2 * paceMs);
  }
});

test('under a flood it acts once in a while, and the last that was said is not forgotten', () => {
  const { timers, acts, pacer } = setUp();
  for (let ms = 0; ms < 2000; ms++) {
    pacer.request();
    timers.advance(1);
  }
  const most = paceBurst + 2000 / paceMs + 1;
  assert.ok(acts.length <= most, `${acts.length}`);
  assert.ok(acts.length >= 2000 / paceMs);
  timers.advance(paceMs);
  const last = acts.at(-1) ?? 0;
  assert.ok(last >= 1999, `${last}`);
  assert.equal(timers.running, 0);
});

test('whoever waits is heard at once', () => {
  const { timers, acts, pacer } = setUp();
  for (let said = 0; said <= paceBurst; said++) pacer.request();
  assert.equal(acts.length, paceBurst);
  pacer.hurry();
  assert.equal(acts.length, paceBurst + 1);
  pacer.hurry();
  timers.advance(10 * paceMs);
  assert.equal(acts.length, paceBurst + 1);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ClockRecord } from '../hub/records.ts';
import { AgeClock, longestWaitMs } from './age-clock.ts';
import { createTestClock } from './clock.fixture.ts';

const day = 86_400_000;
const today = Date.UTC(2026, 10, 29);

/** A server that runs at `wall`, after one that left `record`. */
function run(wall: number, record?: ClockRecord) {
  const { clock, goTo } = createTestClock();
  let set = 0;
  const ages = new AgeClock(clock, () => wall + set + clock.now(), record);
  return {
    ages,
    /** Runs for `ms`, and looks. */
    pass: (ms: number) => {
      goTo(clock.now() + ms);
      return ages.look();
    },
    setBy: (ms: number) => (set += ms),
  };
}

test('time that passes while the server runs counts, whatever the wall clock is set to', () => {
  const { ages, pass, setBy } = run(today);
  const began = ages.now;
  for (const by of [400 * day, -800 * day, 57 * 365 * day]) {
    setBy(by);
    assert.deepEqual(pass(1000), { countedMs: 0, setMs: by });
  }
  assert.equal(ages.now, began + 3000);
});

test('a clock that is ahead for a moment ages nothing, also not over restarts', () => {
  let record = run(today).ages.record;
  for (let start = 0; start < 20; start++) {
    const { ages, pass } = run(today + 400 * day, record);
    assert.equal(ages.owedMs, 400 * day - start * 5_000);
    pass(5_000);
    record = ages.record;
  }
  const { ages, pass } = run(today + 200_000, record);
  pass(60_000);
  assert.ok(ages.now - today < 500_000, `${ages.now - today}`);
});

test('a time off counts once the server has run for as long, or for a week', () => {
  const { record } = run(today).ages;
  for (const offMs of [3_600_000, 3 * day, 365 * day]) {
    const { ages, pass } = run(today + offMs, record);
    const waitMs = Math.min(offMs, longestWaitMs);
    assert.equal(ages.waitMs, waitMs);
    assert.equal(pass(waitMs - 1).countedMs, 0);
    assert.equal(ages.now, today + waitMs - 1);
    assert.equal(pass(1).countedMs, offMs);
    assert.equal(ages.now, today + waitMs + offMs);
  }
});

test('a clock that is set right while a time off waits takes back what was wrong of it', () => {
  const { record } = run(today).ages;
  const { ages, pass, setBy } = run(today + 401 * day, record);
  pass(60_000);
  setBy(-400 * day);
  assert.equal(pass(0).countedMs, 0);
  assert.equal(ages.owedMs, day);
  assert.equal(pass(2 * day).countedMs, day);
});

test('a clock that begins in 1970 and is set right ages nothing, in the same run and in the next', () => {
  const first = run(0);
  const began = first.ages.now;
  first.pass(1000);
  first.setBy(today);
  first.pass(1000);
  assert.equal(first.ages.now, began + 2000);
  for (const left of [first.ages.record, { age: began + 2000, wall: 5_000 }]) {
    const next = run(today + 10_000, left);
    next.pass(longestWaitMs + day);
    assert.ok(next.ages.now <= began + 12_000 + longestWaitMs + day);
  }
});

test('whatever the clock is set to, ages never go faster than time may have passed by its own word, nor backwards', () => {
  const act = fc.record({ ms: fc.nat(20 * day), by: fc.integer({ min: -9e11, max: 9e11 }) });
  const runs = fc.array(fc.array(act, { maxLength: 5 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(runs, (runs) => {
      let record: ClockRecord | undefined;
      let wall = today;
      for (const acts of runs) {
        const { ages, pass, setBy } = run(wall, record);
        let [ran, last] = [0, ages.now];
        const limit = ages.now + ages.owedMs;
        for (const { ms, by } of acts) {
          pass(ms);
          setBy(by);
          ages.look();
          [ran, wall] = [ran + ms, wall + ms + by];
          assert.ok(ages.now >= last && ages.now <= limit + ran);
          last = ages.now;
        }
        record = ages.record;
      }
    }),
  );
});

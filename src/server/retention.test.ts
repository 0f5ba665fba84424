import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, ClockRecord, LogId, QuotaRecord } from '../hub/records.ts';
import { StoreError, type Commit, type Trimmed } from '../hub/store-port.ts';
import { AgeClock } from './age-clock.ts';
import { createTestClock } from './clock.fixture.ts';
import type { LogFields } from './log.ts';
import { RetentionLoop } from './retention.ts';

const trimmed = (log: number, first: number): Trimmed => ({
  log: log as LogId,
  first,
  messages: 2,
});
const day = 86_400_000;
const wall = Date.UTC(2026, 10, 29);
const retention = { maxAgeMs: 1000, maxCount: undefined };

function setUp(
  answers: readonly (readonly Trimmed[] | 'fails')[],
  perRound: number,
  record?: ClockRecord,
) {
  const { clock, goTo, timers } = createTestClock();
  const told: Trimmed[] = [];
  const logged: string[] = [];
  const commits: Commit[] = [];
  let asked = 0;
  const store = {
    async trim() {
      const answer = answers[asked++] ?? [];
      if (answer === 'fails') throw new StoreError('failed', 'as the test says');
      return { trimmed: answer, expired: [], more: asked % perRound !== 0 };
    },
    async commit(commit: Commit) {
      commits.push(commit);
    },
  };
  const note = (level: string) => (fields: LogFields, message: string) =>
    void logged.push(`${level} ${JSON.stringify(fields)} ${message}`);
  const log = {
    debug: note('debug'),
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
  };
  const quotas: { used: readonly QuotaRecord[] } = { used: [] };
  const ages = new AgeClock(clock, () => wall + clock.now(), record);
  const loop = new RetentionLoop(store, retention, ages, clock, log, {
    trimmed: (trimmed) => void told.push(...trimmed),
    expired: () => {},
    quotas: () => quotas.used,
    aged: () => {},
  });
  const done = () => new Promise(setImmediate);
  return { loop, quotas, told, logged, commits, timers, goTo, asked: () => asked, done };
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

test('what was taken out is told with its amount, and the age clock is written down at the end', async () => {
  const { loop, logged, commits, done } = setUp(
    [[trimmed(1, 5), trimmed(2, 5)], [trimmed(1, 7)]],
    2,
  );
  loop.start();
  await done();
  assert.deepEqual(logged, [
    'info {"messages":6,"conversations":3} messages were taken out: too old, or too many',
  ]);
  const before = commits.length;
  await loop.close();
  assert.deepEqual(commits.slice(before), [
    { changes: [{ type: 'clock', clock: { age: wall, wall } }], segments: [] },
  ]);
});

test('a long time off is told, and when it counts, and what goes for it as a warning', async () => {
  const left = { age: wall - 400 * day, wall: wall - 400 * day };
  const { loop, logged, goTo, done } = setUp([[], [], [], [trimmed(1, 5)]], 1, left);
  loop.start();
  await done();
  assert.match(
    logged.join('\n'),
    /^warn \{"aheadHours":9600,"waitHours":168\} the clock is far ahead/,
  );
  goTo(60_000);
  await done();
  assert.equal(logged.length, 1);
  for (const at of [7 * day, 7 * day + 60_000]) {
    goTo(at);
    await done();
  }
  assert.match(
    logged[1] ?? '',
    /^warn \{"hours":9600\} the time that the server was off counts now/,
  );
  assert.match(logged[2] ?? '', /^warn .*messages were taken out/);
});

test('what writers have used of their quotas is written down within a minute, and at the end', async () => {
  const { loop, quotas, commits, goTo, done } = setUp([], 1);
  const written = () =>
    commits.flatMap(({ changes }) =>
      changes.flatMap((change) => (change.type === 'quotas' ? change.quotas : [])),
    );
  const used = (bytes: number) => ({ account: 1 as AccountId, bytes, at: 5 });
  loop.start();
  await done();
  const before = commits.length;
  quotas.used = [used(7)];
  goTo(60_000);
  await done();
  assert.deepEqual(written(), [used(7)]);
  goTo(120_000);
  await done();
  assert.equal(commits.length, before + 1, 'nothing is written where nothing was used');
  quotas.used = [used(8)];
  await loop.close();
  assert.deepEqual(written(), [used(7), used(8)]);
});

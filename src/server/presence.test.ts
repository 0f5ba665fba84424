// What followers of presence get, and when: bounded, in time, and with the latest state at the end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  parseExtendedEvent,
  type ChangedPerson,
  type ExtendedEventOf,
} from '../wire/extended/events.ts';
import type { Username } from '../wire/text.ts';
import { createTestClock } from './clock.fixture.ts';
import { maxTold, maxToTell, Presence, tellEveryMs } from './presence.ts';

function createStage(count = 1) {
  const { clock, goTo, timers } = createTestClock();
  const told: { readonly at: number; readonly line: string }[] = [];
  const followers = {
    count,
    sendLine: (line: string) => void told.push({ at: clock.now(), line }),
  };
  const presence = new Presence(followers, clock);
  const events = () =>
    told.map(({ at, line }) => {
      const event = parseExtendedEvent(line.slice(0, -1));
      assert.ok(event?.verb === 'PEOPLE_CHANGED');
      return { at, event };
    });
  return { presence, followers, told, events, goTo, timers };
}

const here = (name: string): ChangedPerson => ({ user: name as Username, online: true });
const away = (name: string): ChangedPerson => ({ user: name as Username, online: false });
const namesIn = ({ people }: ExtendedEventOf<'PEOPLE_CHANGED'>) => people.map(({ user }) => user);

test('[15.13] one who comes alone is told at once, what follows once a second, the last state only', () => {
  const { presence, events, goTo } = createStage();
  presence.changed(here('ann'));
  goTo(0);
  presence.changed(here('bob'));
  presence.changed(here('cid'));
  presence.changed(away('bob'));
  goTo(tellEveryMs - 1);
  assert.deepEqual(
    events().map(({ at, event }) => [at, event.people]),
    [[0, [here('ann')]]],
  );
  goTo(10 * tellEveryMs);
  assert.deepEqual(
    events()
      .slice(1)
      .map(({ at, event }) => [at, event.people]),
    [[tellEveryMs, [away('bob'), here('cid')]]],
  );
});

test('[17] a storm of 10,000 logins costs a follower at most 8,500 bytes a second', () => {
  const { presence, told, events, goTo } = createStage();
  const longest = 'x'.repeat(27);
  for (let number = 0; number < 10_000; number++) {
    const user = `${longest}${String(number).padStart(5, '0')}` as Username;
    presence.changed({ user, online: false, guest: true, gone: true });
  }
  goTo(1000 * tellEveryMs);
  assert.equal(told.length, 10_000 / maxTold);
  for (const [index, { at, line }] of told.entries()) {
    assert.equal(at, index * tellEveryMs);
    assert.ok(line.length <= 8500, String(line.length));
  }
  assert.equal(new Set(events().flatMap(({ event }) => namesIn(event))).size, 10_000);
});

test('[17] with more than are held, followers are told to ask again, and then go on', () => {
  const { presence, events, goTo } = createStage();
  for (let number = 0; number <= maxToTell; number++) presence.changed(here(`u${number}`));
  presence.changed(here('last'));
  goTo(tellEveryMs);
  const [first, ...more] = events();
  assert.deepEqual([first?.event.again, namesIn(first?.event as never)], [true, ['last']]);
  assert.equal(more.length, 0);
  presence.changed(away('last'));
  goTo(3 * tellEveryMs);
  assert.equal(events().at(-1)?.event.again, undefined);
});

test('where nobody follows any more, and after the end, nothing is held and no timer waits', () => {
  const { presence, followers, told, goTo, timers } = createStage(0);
  presence.changed(here('ann'));
  goTo(5 * tellEveryMs);
  assert.deepEqual([told.length, timers.size], [0, 0]);
  followers.count = 1;
  presence.changed(here('bob'));
  presence.close();
  presence.changed(here('cid'));
  goTo(10 * tellEveryMs);
  assert.deepEqual([told.length, timers.size], [0, 0]);
});

test('whatever comes and goes: bounded lines, a second apart, and in the end what is so', () => {
  const change = fc.record({
    user: fc.nat({ max: 400 }).map((number) => `u${number}` as Username),
    online: fc.boolean(),
  });
  const acts = fc.array(fc.oneof(change, fc.nat({ max: 3000 })), { maxLength: 600, size: 'max' });
  fc.assert(
    fc.property(acts, (acts) => {
      const { presence, events, goTo } = createStage();
      const truth = new Map<string, boolean>();
      let now = 0;
      for (const act of acts) {
        if (typeof act === 'number') goTo((now += act));
        else {
          presence.changed(act);
          truth.set(act.user, act.online);
        }
      }
      goTo(now + 100 * tellEveryMs);
      const heard = new Map<string, boolean>();
      let last = -Infinity;
      for (const { at, event } of events()) {
        assert.ok(at - last >= tellEveryMs);
        last = at;
        assert.ok(event.people.length > 0 && event.people.length <= maxTold);
        assert.equal(new Set(namesIn(event)).size, event.people.length);
        for (const { user, online } of event.people) heard.set(user, online);
      }
      assert.deepEqual(heard, truth);
    }),
    { numRuns: 100 },
  );
});

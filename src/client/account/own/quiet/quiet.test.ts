// What is to be quiet, on several devices: they come to the same whatever comes first, an end that has passed is over, and who
// is ignored is an account, not a name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FakeTimers } from '../../../../../test/support/fake-timers.ts';
import type { Username } from '../../../../wire/text.ts';
import type { ClientEvent } from '../../../client-event.ts';
import type { ClientChange, KeptValue } from '../../../store/store-port.ts';
import { maxIgnored } from '../../limits.ts';
import type { InboxBatch } from '../../inbox/batch.ts';
import { nextAt, nextTurn, quietUntil } from './quiet-hours.ts';
import { Quiet } from './quiet.ts';

const name = (text: string) => text as Username;
const lobby = { kind: 'lobby' } as const;
const [bob, zed] = [name('bob'), name('zed')];
const hour = 3_600_000;

interface Note {
  readonly kind: string;
  readonly subject: string;
  readonly body: unknown;
}

function begun({ values = [], at = hour }: { values?: readonly KeptValue[]; at?: number } = {}) {
  const timers = new FakeTimers();
  const kept = new Map(values.map(({ name: key, value }) => [key, value]));
  const takers = new Map<string, (note: Note, batch: InboxBatch) => void>();
  const notes: Note[] = [];
  const events: ClientEvent[] = [];
  const roots = new Map<string, string>([['bob', 'aa']]);
  const clock = { at };
  const put = (change: ClientChange): void => {
    if (change.type === 'kept-value') kept.set(change.name, change.value ?? '');
  };
  const quiet = new Quiet({
    me: name('alice'),
    own: {
      on: (kind, take) => void takers.set(kind, take as never),
      send: async (kind, body, subject) => {
        // As it goes over the wire.
        notes.push({
          kind,
          subject: subject ?? '',
          body: JSON.parse(JSON.stringify(body)) as unknown,
        });
        return 'queued';
      },
    },
    values,
    write: async (change) => put(change()),
    now: () => clock.at,
    timers,
    emit: (event) => void events.push(event),
    isAccount: (user) => user !== zed,
    rootOf: async (user) => roots.get(user),
    ignoredChanged: async () => {},
  });
  const take = ({ kind, subject, body }: Note): void => {
    const batch = { changes: [] as ClientChange[], afterwards: [] as (() => void)[] };
    takers.get(kind)?.({ kind, subject, body }, batch as unknown as InboxBatch);
    for (const change of batch.changes) put(change);
    for (const act of batch.afterwards) act();
  };
  const pass = (ms: number): void => {
    clock.at += ms;
    timers.advance(ms);
  };
  const stored = (): KeptValue[] => [...kept].map(([key, value]) => ({ name: key, value }));
  const all = () =>
    Object.fromEntries(Object.entries(quiet.parts).map(([part, { all }]) => [part, sorted(all)]));
  return { quiet, take, notes, events, roots, clock, pass, stored, all };
}

function sorted(entries: readonly unknown[]): readonly string[] {
  return entries.map((entry) => JSON.stringify(entry)).sort();
}

test('devices that hear of all decisions come to the same, in whatever order', async () => {
  const decision = fc.record({
    device: fc.nat(1),
    what: fc.oneof(
      fc.record({
        kind: fc.constant('rule' as const),
        to: fc.constantFrom('all', 'nothing', undefined),
      }),
      fc.record({ kind: fc.constant('ignore' as const), to: fc.boolean() }),
      fc.record({ kind: fc.constant('quiet' as const), to: fc.constantFrom(null, 0, 9 * hour) }),
      fc.record({ kind: fc.constant('mute' as const), to: fc.constantFrom(Infinity, 0, hour) }),
    ),
    later: fc.constantFrom(0, 1, hour),
  });
  const histories = fc.array(decision, { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(histories, fc.infiniteStream(fc.nat()), async (decisions, order) => {
      const devices = [begun(), begun({ at: 2 * hour })] as const;
      for (const { device, what, later } of decisions) {
        const { quiet, clock } = devices[device === 0 ? 0 : 1];
        clock.at += later;
        if (what.kind === 'rule') await quiet.setRule(lobby, what.to);
        if (what.kind === 'ignore') await quiet.ignore(bob, what.to);
        if (what.kind === 'quiet') await quiet.wishQuiet({ until: what.to, daily: null });
        if (what.kind === 'mute') await quiet.mute(lobby, what.to);
      }
      for (const [at, device] of devices.entries()) {
        const others = [...devices[at === 0 ? 1 : 0].notes];
        while (others.length > 0) {
          const [note] = others.splice((order.next().value ?? 0) % others.length, 1);
          if (note !== undefined) device.take(note);
        }
      }
      assert.deepEqual(devices[0].all(), devices[1].all());
      // And what is on the disk is the same.
      for (const device of devices) {
        assert.deepEqual(begun({ values: device.stored() }).all(), device.all());
      }
    }),
    { numRuns: 100 },
  );
});

test('who is ignored is the account that was meant, and not whoever has the name later', async () => {
  const { quiet, roots, events, stored } = begun();
  assert.equal(await quiet.ignore(bob, true), 'kept');
  assert.deepEqual([quiet.isIgnored('Bob'), quiet.isIgnored('carol')], [true, false]);
  assert.deepEqual(quiet.ignored, ['bob']);
  // Another account has the name at a later login.
  const later = begun({ values: stored() });
  later.roots.set('bob', 'bb');
  assert.equal(later.quiet.isIgnored('bob'), true, 'nobody has said yet who that is');
  await new Promise(setImmediate);
  assert.equal(later.quiet.isIgnored('bob'), false);
  assert.deepEqual(later.events.at(-1), { type: 'quiet', about: 'ignored' });
  // Nobody can say: it holds.
  const offline = begun({ values: stored() });
  offline.roots.clear();
  assert.equal(offline.quiet.isIgnored('bob'), true);
  await new Promise(setImmediate);
  assert.equal(offline.quiet.isIgnored('bob'), true);
  assert.equal(await quiet.ignore(bob, false), 'kept');
  assert.equal(quiet.isIgnored('bob'), false);
  assert.equal(roots.size, 1);
  assert.ok(events.every(({ type }) => type === 'quiet'));
});

test('a guest is ignored as long as the program runs, and nothing of it is kept', async () => {
  const { quiet, notes, stored } = begun();
  assert.equal(await quiet.ignore(zed, true), 'for-now');
  assert.deepEqual([quiet.isIgnored('ZED'), quiet.ignored], [true, ['zed']]);
  assert.deepEqual([notes, stored()], [[], []]);
  assert.equal(await quiet.ignore(zed, false), 'for-now');
  assert.equal(quiet.isIgnored('zed'), false);
});

test('so many people are ignored at once, and one more is refused', async () => {
  const { quiet } = begun();
  for (let n = 0; n < maxIgnored; n++)
    assert.equal(await quiet.ignore(name(`p${n}`), true), 'kept');
  assert.equal(await quiet.ignore(bob, true), 'full');
  assert.equal(await quiet.ignore(name('p0'), false), 'kept');
  assert.equal(await quiet.ignore(bob, true), 'kept');
});

test('words of another device that make no sense are passed over', () => {
  const { take, all, events } = begun();
  const empty = all();
  const bad: readonly [string, unknown][] = [
    ['ignore', [[true, 'bob'], 1]],
    ['ignore', [[true, 'x'.repeat(65), null], 1]],
    ['ignore', [true, 1]],
    ['notify-rule', ['loud', 1]],
    ['notify-rule', ['all', -1]],
    ['notify-rule', 'all'],
    ['do-not-disturb', [{ until: 1, daily: [0, 1440] }, 1]],
    ['do-not-disturb', [{ until: 1 }, 1]],
    ['do-not-disturb', [{ until: -1, daily: null }, 1]],
  ];
  for (const [kind, body] of bad) take({ kind, subject: 'now', body });
  assert.deepEqual([all(), events], [empty, []]);
});

test('not to be disturbed ends by itself, and says so', async () => {
  const { quiet, events, pass } = begun();
  await quiet.wishQuiet({ until: 3 * hour, daily: null });
  assert.equal(quiet.quietUntil, 3 * hour);
  const told = events.length;
  pass(2 * hour - 1);
  assert.deepEqual([quiet.quietUntil, events.length], [3 * hour, told]);
  pass(1);
  assert.deepEqual([quiet.quietUntil, events.length], [undefined, told + 1]);
  await quiet.wishQuiet({ until: null, daily: null });
  assert.equal(quiet.quietUntil, Infinity);
});

test('an end that has passed is over, also where the clock jumped', async () => {
  const { quiet, clock } = begun();
  await quiet.wishQuiet({ until: 3 * hour, daily: null });
  clock.at = 3 * hour;
  assert.equal(quiet.quietUntil, undefined);
});

const at = (day: number, hours: number, minutes = 0): number =>
  new Date(2026, 2, day, hours, minutes).getTime();

test('hours of each day go over midnight, and begin and end by the clock here', () => {
  const night = { until: 0, daily: [22 * 60, 8 * 60] } as const;
  assert.equal(quietUntil(night, at(3, 21, 59)), undefined);
  assert.equal(quietUntil(night, at(3, 22)), at(4, 8));
  assert.equal(quietUntil(night, at(4, 7, 59)), at(4, 8));
  assert.equal(quietUntil(night, at(4, 8)), undefined);
  assert.equal(nextTurn(night, at(4, 8)), at(4, 22));
  assert.equal(nextTurn(night, at(3, 23)), at(4, 8));
  const noon = { until: 0, daily: [12 * 60, 13 * 60 + 30] } as const;
  assert.equal(quietUntil(noon, at(3, 12, 15)), at(3, 13, 30));
  assert.equal(nextTurn(noon, at(3, 14)), at(4, 12));
  // The longer of both holds.
  assert.equal(quietUntil({ ...night, until: at(5, 0) }, at(3, 23)), at(5, 0));
  assert.equal(nextTurn({ until: 0, daily: null }, at(3, 23)), undefined);
  assert.deepEqual([nextAt(8 * 60, at(3, 7)), nextAt(8 * 60, at(3, 8))], [at(3, 8), at(4, 8)]);
});

test('whatever is wished, it is asked again at a moment that is to come', () => {
  const minute = fc.integer({ min: 0, max: 1439 });
  fc.assert(
    fc.property(minute, minute, fc.integer({ min: 0, max: 4e12 }), (from, to, now) => {
      fc.pre(from !== to);
      const wish = { until: 0, daily: [from, to] } as const;
      const next = nextTurn(wish, now);
      assert.ok(next !== undefined && next > now && next - now < 26 * hour, `${next} ${now}`);
      const until = quietUntil(wish, now);
      assert.ok(until === undefined || until === next);
    }),
  );
});

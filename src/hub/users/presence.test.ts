// What accounts learn of who is connected and who is in a group: examples for lists, and random comings and goings. A
// list and the changes after it must always give the same as a new list.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ChangedPerson, ExtendedEvent, ListedPerson } from '../../wire/extended/events.ts';
import { groupConversation } from '../../wire/extended/names.ts';
import type { GroupName } from '../../wire/text.ts';
import { deviceOf, Stage } from '../stage.fixture.ts';

type People = Extract<ExtendedEvent, { verb: 'PEOPLE' }>;
type Members = Extract<ExtendedEvent, { verb: 'MEMBERS' }>;

const isA =
  <V extends ExtendedEvent['verb']>(verb: V) =>
  (event: string | ExtendedEvent): event is Extract<ExtendedEvent, { verb: V }> =>
    typeof event !== 'string' && event.verb === verb;

function people(stage: Stage, connection: number, more: object = {}): People {
  stage.request(connection, { verb: 'PEOPLE', label: 'p', ...more });
  const answer = stage.events(connection).find(isA('PEOPLE'));
  assert.ok(answer);
  return answer;
}

function members(stage: Stage, connection: number, group: string, more: object = {}): Members {
  stage.request(connection, { verb: 'MEMBERS', label: 'm', in: `#${group}`, ...more });
  const answer = stage.events(connection).find(isA('MEMBERS'));
  assert.ok(answer);
  return answer;
}

test('[14.5] the list can be cut, and says so', () => {
  const stage = new Stage();
  for (const [number, name] of ['ann', 'bob', 'cid'].entries()) stage.account(number, name);
  stage.guest(3, 'gus');
  stage.disconnect(1);
  const cut = people(stage, 0, { limit: 3 });
  assert.deepEqual(
    cut.people.map(({ user }) => user),
    ['ann', 'cid', 'gus'],
  );
  assert.equal(cut.more, true);
  assert.equal(people(stage, 0, { limit: 4 }).more, undefined);
  assert.deepEqual(people(stage, 0, { limit: 0 }).people, []);
});

test('[14.5] an account hears how many connections it has', () => {
  const stage = new Stage();
  stage.account(0, 'ann');
  stage.account(1, 'ann', { private: false });
  assert.equal(people(stage, 0).connections, 2);
  stage.disconnect(0);
  assert.equal(people(stage, 1).connections, 1);
});

test('[15.13] who follows is told once of somebody with several connections, and no more after the end of following', () => {
  const stage = new Stage();
  stage.account(0, 'ann');
  assert.equal(people(stage, 0).following, undefined);
  stage.account(1, 'bob');
  assert.deepEqual(stage.presences, [], 'nobody follows');
  assert.equal(people(stage, 0, { follow: true }).following, true);
  assert.equal(people(stage, 0, { follow: true }).following, true, 'twice is as good as once');
  stage.account(2, 'bob', { private: false });
  stage.disconnect(1);
  assert.deepEqual(stage.presences, [], 'bob is still here');
  stage.disconnect(2);
  stage.guest(3, 'gus');
  stage.disconnect(3);
  assert.deepEqual(stage.presences.splice(0), [
    { user: 'bob', online: false },
    { user: 'gus', online: true, guest: true },
    { user: 'gus', online: false, guest: true, gone: true },
  ]);
  assert.equal(people(stage, 0).following, true, 'a question alone changes nothing');
  assert.equal(people(stage, 0, { follow: false }).following, undefined);
  stage.account(4, 'bob');
  assert.deepEqual(stage.presences, []);
  people(stage, 0, { follow: true });
  stage.disconnect(0);
  assert.equal(stage.hub.followers.size, 0);
});

test('[14.9] who is in a group, for those who are in it', () => {
  const stage = new Stage();
  stage.account(0, 'ann');
  stage.account(1, 'bob');
  stage.account(2, 'cid');
  stage.guest(3, 'gus');
  stage.line(0, 'CREATE_GROUP /create_group tea');
  stage.line(1, 'JOIN_GROUP /join tea');
  stage.line(3, 'JOIN_GROUP /join tea');
  assert.deepEqual(
    stage.events(0).filter(isA('MEMBER')),
    [
      { verb: 'MEMBER', in: '#tea', user: 'bob', what: 'joined' },
      { verb: 'MEMBER', in: '#tea', user: 'gus', guest: true, what: 'joined' },
    ],
    'who joins knows it, and the others hear it once',
  );
  stage.disconnect(0);
  const expected: ListedPerson[] = [
    { user: 'bob', online: true },
    { user: 'gus', online: true, guest: true },
    { user: 'ann', online: false },
  ] as ListedPerson[];
  const { admin, members: listed, more } = members(stage, 1, 'tea');
  assert.deepEqual([admin, listed, more], ['ann', expected, undefined]);
  assert.equal(members(stage, 1, 'tea', { limit: 2 }).more, true);
  for (const [place, code] of [
    ['#tea', 'not-a-member'],
    ['#Tea', 'no-such-place'],
    ['#none', 'no-such-place'],
    ['lobby', 'no-such-place'],
    ['@bob', 'no-such-place'],
  ] as const) {
    stage.events(2);
    stage.request(2, { verb: 'MEMBERS', label: 'x', in: place });
    const failed = stage.events(2).find(isA('FAILED'));
    assert.deepEqual([failed?.code, failed?.request, failed?.label], [code, 'MEMBERS', 'x'], place);
  }
});

test('[15.15] version 1 hears of members what it ever did, behind either login', () => {
  const stage = new Stage();
  stage.account(0, 'ann');
  stage.guest(1, 'gus');
  stage.guest(2, 'hal');
  stage.line(1, 'CREATE_GROUP /create_group tea');
  stage.line(0, 'JOIN_GROUP /join tea');
  stage.line(2, 'JOIN_GROUP /join tea');
  stage.line(1, 'KICK /kick tea hal');
  const lines = stage.read(1);
  assert.deepEqual(lines, [
    '+SUCCESS group "tea" has been created!',
    'GROUP_MESSAGE user hal has been kicked out of group tea',
    '+SUCCESS user hal has been kicked out of group tea',
  ]);
  stage.events(0);
  stage.disconnect(1);
  assert.deepEqual(stage.events(0), [
    { verb: 'MEMBER', in: '#tea', user: 'gus', guest: true, what: 'left' },
    { verb: 'MEMBER', in: '#tea', user: 'ann', what: 'admin' },
    '+SUCCESS you are now the admin of group "tea"',
  ]);
});

// ---- random comings and goings ------------------------------------------------------------------------------

const names = ['bob', 'cid', 'dan', 'eve'] as const;
const seat = fc.integer({ min: 1, max: 6 });
const name = fc.constantFrom(...names);
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('account' as const), seat, name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('guest' as const), seat, name }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('gone' as const), seat }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('line' as const),
      seat: fc.integer({ min: 0, max: 6 }),
      line: fc.oneof(
        fc.constantFrom('JOIN_GROUP /join tea', 'LEAVE_GROUP /leave tea'),
        name.map((name) => `KICK /kick tea ${name}`),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('admin' as const),
      act: fc.constantFrom('ban' as const, 'unban' as const, 'remove-account' as const),
      name,
    }),
  },
);

const byName = (listed: Iterable<ListedPerson>) =>
  [...listed].sort((one, other) => (one.user < other.user ? -1 : 1));

/** As a follower applies the changes. */
function apply(here: Map<string, ListedPerson>, changes: readonly ChangedPerson[]): void {
  for (const { gone, ...person } of changes) {
    if (gone === true) here.delete(person.user);
    else here.set(person.user, person);
  }
}

test('a list and the changes behind it come to what a fresh list says', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const stage = new Stage({ maxConnections: 1000 });
      stage.account(0, 'ann');
      stage.line(0, 'CREATE_GROUP /create_group tea');
      const here = new Map<string, ListedPerson>();
      apply(here, people(stage, 0, { follow: true }).people);
      const inTea = new Set<string>(['ann']);
      let admin: string | undefined = 'ann';
      const seats = new Map([[0, 0]]);
      let last = 0;
      for (const one of acts) {
        const at = 'seat' in one ? seats.get(one.seat) : undefined;
        if (one.kind === 'account' || one.kind === 'guest') {
          if (at !== undefined) stage.disconnect(at);
          seats.set(one.seat, ++last);
          if (one.kind === 'guest') stage.guest(last, one.name);
          else stage.account(last, one.name, { device: deviceOf(one.name) });
        } else if (one.kind === 'gone') {
          if (at !== undefined) stage.disconnect(at);
          seats.delete(one.seat);
        } else if (one.kind === 'line') {
          if (at !== undefined && stage.hub.connections.has(at as never)) stage.line(at, one.line);
        } else {
          stage.admin({ act: one.act, name: one.name });
        }
        apply(here, stage.presences.splice(0));
        for (const event of stage.events(0).filter(isA('MEMBER'))) {
          assert.equal(event.in, groupConversation('tea' as GroupName));
          if (event.what === 'joined') assert.ok(!inTea.has(event.user));
          if (event.what === 'joined') inTea.add(event.user);
          if (event.what === 'admin') admin = event.user;
          if (event.what === 'left' || event.what === 'kicked') assert.ok(inTea.delete(event.user));
        }
        assert.deepEqual(byName(here.values()), byName(people(stage, 0).people));
        const list = members(stage, 0, 'tea');
        assert.equal(list.admin, admin);
        const listed = new Set(list.members.map(({ user }) => user as string));
        // Members who are banned from the server stay members, and are not listed.
        for (const user of listed) assert.ok(inTea.has(user), `${user} was not told of`);
        for (const user of inTea) {
          const isBanned = stage.hub.users.get(user)?.account?.banned === true;
          assert.equal(listed.has(user), !isBanned, user);
        }
      }
    }),
    { numRuns: 200 },
  );
});

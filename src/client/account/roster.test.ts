// Who is online and who is in a group, from what the server says: requested when a view wants it, kept up to date by
// changes, and requested again after a new login.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExtendedEvent, ListedPerson } from '../../wire/extended/events.ts';
import { groupConversation } from '../../wire/extended/names.ts';
import type { GroupName, Username } from '../../wire/text.ts';
import type { ClientEvent } from '../client-event.ts';
import { PendingRequests } from '../pending-requests.ts';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { Roster, maxKnown } from './roster.ts';

const tea = 'tea' as GroupName;
const inTea = groupConversation(tea);
const name = (text: string) => text as Username;
const here = (user: string): ListedPerson => ({ user: name(user), online: true });
const away = (user: string): ListedPerson => ({ user: name(user), online: false });

function createStage() {
  const timers = new FakeTimers();
  const told: ClientEvent[] = [];
  const asked: { verb: string; label: string; [field: string]: unknown }[] = [];
  const roster = new Roster({
    me: name('me'),
    timers,
    random: () => Uint8Array.of(128),
    emit: (event) => void told.push(event),
  });
  let requests: PendingRequests | undefined;
  return {
    roster,
    timers,
    told,
    /** Returns the requests since the last call. */
    asked: () => asked.splice(0),
    login() {
      requests = new PendingRequests((line) => {
        const space = line.indexOf(' ');
        const fields = JSON.parse(line.slice(space)) as { label: string };
        asked.push({ verb: line.slice(0, space), ...fields });
      });
      roster.login(requests);
    },
    logout() {
      roster.logout();
      requests?.close();
    },
    receive(event: ExtendedEvent) {
      if (requests?.receive(event) !== true) roster.receive(event);
    },
  };
}

type Stage = ReturnType<typeof createStage>;

function answerPeople(stage: Stage, people: ListedPerson[], more = false, following = true): void {
  const request = stage.asked().find(({ verb }) => verb === 'PEOPLE');
  assert.ok(request);
  const { label } = request;
  const marks = { ...(more && { more }), ...(following && { following }) };
  stage.receive({ verb: 'PEOPLE', label, people, ...marks });
}

test('nothing is asked for that nobody wants', () => {
  const stage = createStage();
  stage.login();
  assert.deepEqual(stage.asked(), []);
  stage.roster.follow();
  const [request] = stage.asked();
  assert.deepEqual(
    [request?.verb, request?.['follow'], request?.['limit']],
    ['PEOPLE', true, 1000],
  );
});

test('the list, and who comes and goes', () => {
  const stage = createStage();
  stage.roster.follow();
  stage.login();
  assert.equal(stage.roster.isHere(name('bob')), undefined, 'before the answer nobody knows');
  answerPeople(stage, [here('bob'), away('cid')]);
  assert.equal(stage.roster.isFollowing, true);
  assert.deepEqual(
    ['bob', 'cid', 'dan'].map((user) => stage.roster.isHere(name(user))),
    [true, false, false],
  );
  const people = [away('bob'), { ...here('gus'), guest: true }];
  stage.receive({ verb: 'PEOPLE_CHANGED', people });
  assert.deepEqual(stage.told, [
    { type: 'presence', changed: undefined },
    { type: 'presence', changed: people },
  ]);
  assert.equal(stage.roster.isHere(name('bob')), false);
  stage.receive({ verb: 'PEOPLE_CHANGED', people: [{ ...away('gus'), guest: true, gone: true }] });
  assert.deepEqual([...stage.roster.people.keys()], ['bob', 'cid']);
});

test('of a list that was cut nobody who is not named counts as away', () => {
  const stage = createStage();
  stage.roster.follow();
  stage.login();
  answerPeople(stage, [here('bob')], true);
  assert.equal(stage.roster.isHere(name('dan')), undefined);
});

test('a server that does not tell of changes is known by its answer', () => {
  const stage = createStage();
  stage.roster.follow();
  stage.login();
  answerPeople(stage, [here('bob')], false, false);
  assert.equal(stage.roster.isFollowing, false);
});

test('"again" is asked after a while, and a new login asks at once', () => {
  const stage = createStage();
  stage.roster.follow();
  stage.login();
  answerPeople(stage, [here('bob')]);
  stage.receive({ verb: 'PEOPLE_CHANGED', people: [], again: true });
  assert.equal(stage.roster.isHere(name('dan')), undefined, 'what was not told may be of anybody');
  assert.deepEqual(stage.asked(), []);
  stage.timers.advance(7_500);
  answerPeople(stage, [here('dan')]);
  assert.equal(stage.roster.isHere(name('dan')), true);
  stage.receive({ verb: 'PEOPLE_CHANGED', people: [], again: true });
  stage.logout();
  assert.equal(stage.roster.isFollowing, false);
  stage.timers.advance(60_000);
  assert.deepEqual(stage.asked(), [], 'not without a connection');
  stage.login();
  answerPeople(stage, [here('eve')]);
  assert.deepEqual([...stage.roster.people.keys()], ['eve']);
});

test('members are asked for once, and kept right by what happens in the group', () => {
  const stage = createStage();
  stage.login();
  assert.equal(stage.roster.membersOf(tea), undefined);
  assert.equal(stage.roster.membersOf(tea), undefined);
  const [request, ...more] = stage.asked();
  assert.deepEqual([request?.verb, request?.['in'], more], ['MEMBERS', '#tea', []]);
  const members = [here('me'), here('bob'), away('cid')];
  stage.receive({
    verb: 'MEMBERS',
    label: request?.label ?? '',
    in: inTea,
    admin: name('bob'),
    members,
  });
  const names = () => [...(stage.roster.membersOf(tea)?.people.keys() ?? [])];
  assert.deepEqual(names(), ['me', 'bob', 'cid']);
  stage.receive({ verb: 'MEMBER', in: inTea, user: name('gus'), guest: true, what: 'joined' });
  stage.receive({ verb: 'MEMBER', in: inTea, user: name('bob'), what: 'left' });
  stage.receive({ verb: 'MEMBER', in: inTea, user: name('me'), what: 'admin' });
  stage.receive({ verb: 'MEMBER', in: inTea, user: name('cid'), what: 'kicked' });
  assert.deepEqual(names(), ['me', 'gus']);
  assert.equal(stage.roster.membersOf(tea)?.admin, 'me');
  assert.deepEqual(
    stage.told.map((event) =>
      event.type === 'member' ? `${event.user} ${event.what}` : event.type,
    ),
    ['members', 'gus joined', 'bob left', 'members', 'cid kicked'],
    'what concerns oneself comes in the words of version 1',
  );
  // Changes of presence apply to members of the group, too.
  stage.receive({ verb: 'PEOPLE_CHANGED', people: [{ ...away('me') }, away('stranger')] });
  assert.deepEqual(stage.roster.membersOf(tea)?.people.get(name('me'))?.online, false);
  assert.deepEqual(names(), ['me', 'gus']);
  stage.receive({ verb: 'LEFT', in: inTea, why: 'kicked' });
  assert.equal(stage.roster.membersOf(tea), undefined);
  assert.deepEqual(stage.asked(), [], 'who is out is not told');
  stage.receive({ verb: 'JOINED', in: inTea, log: 1, first: 1, last: 0, kept: true });
  assert.equal(stage.asked().length, 1);
});

test('news of a group that nobody asked about are told, and nothing is kept of them', () => {
  const stage = createStage();
  stage.login();
  stage.receive({ verb: 'MEMBER', in: inTea, user: name('bob'), what: 'admin' });
  assert.equal(stage.told.length, 1);
  assert.equal(stage.roster.membersOf(tea), undefined);
});

test('a server that makes up names without end fills no memory', () => {
  const stage = createStage();
  stage.roster.follow();
  stage.login();
  answerPeople(stage, [here('bob')]);
  for (let number = 0; number < maxKnown; number += 100) {
    const people = Array.from({ length: 100 }, (_, at) => here(`u${number + at}`));
    stage.receive({ verb: 'PEOPLE_CHANGED', people });
  }
  assert.equal(stage.roster.people.size, maxKnown);
  assert.equal(stage.roster.isHere(name('bob')), undefined, 'forgotten is not away');
  stage.roster.membersOf(tea);
  const label = stage.asked().find(({ verb }) => verb === 'MEMBERS')?.label ?? '';
  stage.receive({ verb: 'MEMBERS', label, in: inTea, admin: name('me'), members: [here('me')] });
  for (let number = 0; number < maxKnown; number++) {
    stage.receive({ verb: 'MEMBER', in: inTea, user: name(`u${number}`), what: 'joined' });
  }
  const members = stage.roster.membersOf(tea);
  assert.deepEqual([members?.people.size, members?.isCut], [maxKnown, true]);
});

// Sealed groups in the hub [13.7, 14.15]: who may commit what, in which order, who hears of it, and what stands in the
// group's log. That nobody can read them is for the tests of the client.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inShort, SealedStage } from '../../../../test/support/sealed-stage.ts';
import type { RequestOf } from '../../../wire/extended/requests.ts';

/** alice has founded the group, bob and carol are in. dave has an account and is not. */
function begun(mode: 'open' | 'invite' = 'open'): SealedStage {
  const world = new SealedStage();
  for (const [at, name] of ['alice', 'bob', 'carol', 'dave'].entries()) world.account(at + 1, name);
  world.found(1, 'lunch', mode);
  if (mode === 'open') {
    assert.deepEqual(inShort(world.commit(2, 'lunch', 'enter')), ['JOINED', 'SENT']);
    assert.deepEqual(inShort(world.commit(3, 'lunch', 'enter')), ['JOINED', 'SENT']);
  }
  world.clear(1, 2, 3, 4);
  return world;
}

const members = (world: SealedStage) =>
  [...(world.stage.hub.groups.get('lunch')?.members.keys() ?? [])].map(({ name }) => name);
const roster = (world: SealedStage) => world.state('lunch').roster.members.map(({ name }) => name);
const leaves = (world: SealedStage) => world.state('lunch').commits[0]?.leaves?.length;

test('an account founds a group: it is told that it is sealed, and others who enter are told where they stand', () => {
  const world = new SealedStage();
  world.account(1, 'alice');
  world.account(2, 'bob');
  const [joined, sent] = world.found(1, 'lunch');
  assert.ok(typeof joined === 'object' && joined.verb === 'JOINED');
  const { sealed, admin, lastCommit, groupId } = joined;
  assert.deepEqual([sealed, admin, lastCommit], [true, 'alice', 0]);
  assert.ok(typeof sent === 'object' && sent.verb === 'SENT' && sent.seq === 1);
  const [entered] = world.commit(2, 'lunch', 'enter');
  assert.ok(typeof entered === 'object' && entered.verb === 'JOINED');
  assert.deepEqual([entered.lastCommit, entered.first, entered.groupId], [1, 2, groupId]);
  const [member, line] = world.stage.events(1);
  assert.ok(typeof member === 'object' && member.verb === 'MEMBER' && member.what === 'joined');
  assert.ok(typeof line === 'object' && line.verb === 'MSG');
  const { seq, kind, seen, on, from, chain } = line;
  assert.deepEqual(
    { seq, kind, seen, on, from },
    { seq: 2, kind: 'enter', seen: 1, on: 1, from: 'bob' },
  );
  assert.equal(chain?.length, 1);
});

test('a device that comes back again and again takes none of the room that a roster has', () => {
  const world = new SealedStage();
  world.account(1, 'alice');
  world.account(2, 'bob');
  world.found(1, 'lunch');
  world.commit(2, 'lunch', 'enter');
  const { rosterItems } = world.state('lunch');
  for (let times = 0; times < 3; times++) {
    world.stage.pass(1000);
    const [sent] = world.commit(2, 'lunch', 'enter', { removed: [1] }).slice(-1);
    assert.deepEqual(inShort(sent === undefined ? [] : [sent]), ['SENT']);
  }
  assert.equal(world.state('lunch').rosterItems, rosterItems);
});

test('a message goes to members, with the commit that it comes from, and not to who is no member', () => {
  const world = begun();
  assert.deepEqual(inShort(world.say(2, 'lunch')), ['SENT']);
  const [said] = world.stage.events(1);
  assert.ok(typeof said === 'object' && said.verb === 'MSG');
  assert.deepEqual([said.sealed, said.seen, said.on, said.text], ['words', 3, 3, undefined]);
  assert.deepEqual(world.stage.events(4), []);
  assert.deepEqual(inShort(world.say(4, 'lunch')), ['not-a-member']);
});

test('texts in plain are refused, and so are messages without a commit', () => {
  const world = begun();
  assert.deepEqual(inShort(world.say(1, 'lunch', { text: 'hi' as never })), ['is-sealed']);
  world.takeBack(1);
  assert.deepEqual(inShort(world.say(1, 'lunch', { on: undefined })), ['malformed']);
  world.takeBack(1);
  assert.deepEqual(inShort(world.say(1, 'lunch', { on: 9, seen: 3 })), ['malformed']);
});

test('a message may come from the last three commits, and from none before the last that put somebody out', () => {
  const world = begun();
  assert.deepEqual(inShort(world.say(1, 'lunch', { on: 1 })), ['SENT']);
  world.commit(2, 'lunch', 'rotate');
  world.clear(1);
  const [stale] = world.say(1, 'lunch', { on: 1 });
  assert.ok(typeof stale === 'object' && stale.verb === 'FAILED' && stale.code === 'stale');
  assert.equal(stale.last, world.state('lunch').commits[0]?.seq);
  world.takeBack(1);
  const before = world.state('lunch').commits[0]?.seq ?? 0;
  const records = [world.out(1, 'lunch', 'carol')];
  const [sent] = world.commit(1, 'lunch', 'remove', { records, removed: [2] }).slice(-1);
  assert.deepEqual(inShort([sent ?? '']), ['SENT']);
  world.clear(2);
  assert.deepEqual(inShort(world.say(2, 'lunch', { on: before })), ['stale']);
  world.takeBack(2);
  assert.deepEqual(inShort(world.say(2, 'lunch')), ['SENT']);
});

test('of two commits on one state the second is stale: it is told the last one, and a turn', () => {
  const world = begun();
  const last = world.state('lunch').commits[0]?.seq ?? 0;
  assert.deepEqual(inShort(world.commit(1, 'lunch', 'rotate')), ['SENT']);
  world.clear(2);
  const [stale] = world.commit(2, 'lunch', 'rotate', { seen: last });
  assert.ok(typeof stale === 'object' && stale.verb === 'FAILED' && stale.code === 'stale');
  assert.equal(stale.last, world.state('lunch').commits[0]?.seq);
  assert.ok((stale.retryMs ?? 0) > 0);
});

test('a kick is one commit: who is out hears nothing more, is banned, and may not enter again', () => {
  const world = begun();
  const records = [world.out(1, 'lunch', 'bob')];
  assert.deepEqual(
    inShort(world.commit(1, 'lunch', 'remove', { records, removed: [1] })),
    ['MEMBER', 'SENT'].toSorted(),
  );
  assert.deepEqual(
    [members(world), roster(world)],
    [
      ['alice', 'carol'],
      ['alice', 'carol'],
    ],
  );
  assert.deepEqual(inShort(world.stage.events(2)).at(-1), 'LEFT');
  world.say(1, 'lunch');
  assert.deepEqual(world.stage.events(2), []);
  assert.deepEqual(inShort(world.commit(2, 'lunch', 'enter')), ['not-admitted']);
  const lines = world.stage.events(3).filter((event) => typeof event === 'object');
  assert.ok(lines.some((event) => event.verb === 'MSG' && event.kind === 'remove'));
});

test('by invitation: who is not admitted sees no such group, who is may enter, and members see why', () => {
  const world = begun('invite');
  assert.deepEqual(inShort(world.commit(2, 'lunch', 'enter')), ['no-such-place']);
  world.takeBack(2);
  const { root16, name } = world.person('bob');
  const admit = world.record(1, 'lunch', { kind: 'admit', people: [{ root16, name }] });
  const records = [Buffer.from(admit.bytes).toString('base64url')];
  const request = { verb: 'INVITE', label: 'i', in: '#lunch', user: 'bob', records } as never;
  world.stage.request(1, request, { outline: undefined, records: [admit], chain: undefined });
  assert.deepEqual(inShort(world.stage.events(1)), ['MSG', 'INVITED'], 'who brings it hears it');
  assert.deepEqual(inShort(world.stage.events(2)), [
    '+SUCCESS alice has invited you to group "lunch": /join enters it',
  ]);
  assert.deepEqual(inShort(world.commit(2, 'lunch', 'enter')), ['JOINED', 'SENT']);
  assert.deepEqual(roster(world), ['alice', 'bob']);
  assert.deepEqual(inShort(world.commit(3, 'lunch', 'enter')), ['no-such-place']);
});

test('an invitation without a record of the admin, or with somebody else in it, lets nobody in', () => {
  const world = begun('invite');
  const invite = (records: never[], parts: never[]) => {
    const request = { verb: 'INVITE', label: 'i', in: '#lunch', user: 'bob', records } as never;
    world.stage.request(1, request, { outline: undefined, records: parts, chain: undefined });
    return inShort(world.stage.events(1));
  };
  assert.deepEqual(invite([], []), ['record-refused']);
  const { root16, name } = world.person('carol');
  const other = world.record(1, 'lunch', { kind: 'admit', people: [{ root16, name }] });
  assert.deepEqual(invite(['r' as never], [other as never]), ['record-refused']);
  assert.deepEqual(inShort(world.commit(2, 'lunch', 'enter')), ['no-such-place']);
});

test('the admin hands over with a record: the roster and the group agree on who it is', () => {
  const world = begun();
  const record = world.record(1, 'lunch', { kind: 'admins', admins: [world.person('bob').root16] });
  const records = [Buffer.from(record.bytes).toString('base64url')];
  const request = { verb: 'HAND_OVER', label: 'h', in: '#lunch', user: 'bob', records } as never;
  world.stage.request(1, request, { outline: undefined, records: [record], chain: undefined });
  const heard = inShort(world.stage.events(1));
  assert.ok(heard.includes('GROUP_CHANGED') && heard.includes('MSG'), heard.join());
  assert.equal(world.stage.hub.groups.get('lunch')?.admin.name, 'bob');
  const without = { verb: 'HAND_OVER', label: 'h', in: '#lunch', user: 'carol' } as never;
  world.clear(2);
  world.stage.request(2, without);
  assert.deepEqual(inShort(world.stage.events(2)), ['record-refused']);
});

test("LEAVE and KICK put somebody out by the server's word: a line tells it, and what comes from before is stale", () => {
  const world = begun();
  const last = world.state('lunch').commits[0]?.seq ?? 0;
  world.stage.line(2, 'LEAVE_GROUP /leave lunch');
  assert.deepEqual(inShort(world.stage.events(2)), [
    'MSG',
    '+SUCCESS you have successfully left the group "lunch"',
    'LEFT',
  ]);
  const outs = (events: ReturnType<SealedStage['found']>) =>
    events.flatMap((event) =>
      typeof event === 'object' && event.verb === 'MSG' ? [event.out] : [],
    );
  assert.deepEqual(outs(world.stage.events(1)), [{ user: 'bob', why: 'left' }]);
  world.stage.line(1, 'KICK /kick lunch carol');
  assert.deepEqual(outs(world.stage.events(1)), [{ user: 'carol', why: 'kicked' }]);
  assert.deepEqual([members(world), roster(world)], [['alice'], ['alice']]);
  assert.deepEqual(inShort(world.say(1, 'lunch', { on: last })), ['stale']);
  world.takeBack(1);
  // Anybody may remove the leaves now.
  assert.deepEqual(inShort(world.commit(1, 'lunch', 'remove', { removed: [1, 2] })), ['SENT']);
  assert.equal(leaves(world), 1);
  assert.deepEqual(inShort(world.say(1, 'lunch')), ['SENT']);
  assert.deepEqual(inShort(world.commit(3, 'lunch', 'enter')).at(-1), 'not-admitted');
  assert.deepEqual(inShort(world.commit(2, 'lunch', 'enter')).at(-1), 'SENT');
});

test('an account that is removed, or gets another device, is out of the roster; the next admin is the longest-standing', () => {
  const world = begun();
  world.stage.admin({ act: 'remove-account', name: 'alice' });
  assert.deepEqual(
    [members(world), roster(world)],
    [
      ['bob', 'carol'],
      ['bob', 'carol'],
    ],
  );
  assert.equal(world.stage.hub.groups.get('lunch')?.admin.name, 'bob');
  world.stage.admin({ act: 'reset-device', name: 'carol' });
  assert.deepEqual([members(world), roster(world)], [['bob'], ['bob']]);
  const log = world.stage.hub.groups.get('lunch')?.log?.id ?? 0;
  assert.deepEqual(
    world.stage.memory
      .lines(log)
      .flatMap(({ items }) => items.flatMap((one) => ('out' in one ? [one.out] : []))),
    [
      { user: 'alice', why: 'removed' },
      { user: 'carol', why: 'removed' },
    ],
  );
});

test("sealing an open group: refused with names while somebody can't take part, and there is no way back", () => {
  const world = new SealedStage();
  world.account(1, 'alice');
  world.account(2, 'bob', false);
  world.stage.guest(3, 'eve');
  world.stage.line(1, 'CREATE_GROUP /create_group lunch');
  world.stage.line(2, 'JOIN_GROUP /join lunch');
  world.stage.line(3, 'JOIN_GROUP /join lunch');
  world.stage.line(1, 'GROUP_MESSAGE @@lunch in the open');
  world.clear(1, 2, 3);
  const [refused] = world.found(1, 'lunch');
  assert.ok(
    typeof refused === 'object' && refused.verb === 'FAILED' && refused.code === 'cannot-seal',
  );
  assert.deepEqual(refused.people, ['bob', 'eve']);
  world.takeBack(1);
  world.stage.line(1, 'KICK /kick lunch eve');
  world.stage.disconnect(2);
  world.account(5, 'bob', false);
  world.account(4, 'bob');
  world.clear(1, 4, 5);
  assert.deepEqual(inShort(world.found(1, 'lunch')), ['JOINED', 'SENT']);
  // bob's programs: one is told that the group is sealed, the other that it is not there any more.
  assert.deepEqual(inShort(world.stage.events(4)), ['JOINED', 'MSG']);
  assert.deepEqual(inShort(world.stage.events(5)), ['LEFT']);
  assert.deepEqual(inShort(world.found(1, 'lunch')), ['is-sealed']);
  world.takeBack(1);
  // Members enter by themselves; the log goes on.
  assert.deepEqual(inShort(world.commit(4, 'lunch', 'enter')), ['SENT']);
  assert.deepEqual(roster(world), ['alice', 'bob']);
  assert.equal(world.state('lunch').commits[0]?.seq, 3);
});

test('an account that can take part and is away keeps nobody from sealing', () => {
  const world = new SealedStage();
  world.account(1, 'alice');
  world.account(2, 'bob');
  world.stage.line(1, 'CREATE_GROUP /create_group lunch');
  world.stage.line(2, 'JOIN_GROUP /join lunch');
  world.stage.disconnect(2);
  world.clear(1);
  assert.deepEqual(inShort(world.found(1, 'lunch')), ['JOINED', 'SENT']);
});

test('only the admin seals a group, and only as open as it is', () => {
  const world = new SealedStage();
  world.account(1, 'alice');
  world.account(2, 'bob');
  world.stage.line(1, 'CREATE_GROUP /create_group lunch');
  world.stage.line(2, 'JOIN_GROUP /join lunch');
  world.clear(1, 2);
  assert.deepEqual(inShort(world.found(2, 'lunch')), ['not-the-admin']);
  assert.deepEqual(inShort(world.found(1, 'lunch', 'invite')), ['record-refused']);
});

test('connections that have not said that they can are told nothing of a sealed group', () => {
  const world = begun();
  const [welcome] = world.account(9, 'bob', false);
  assert.ok(typeof welcome === 'object' && welcome.verb === 'WELCOME');
  assert.deepEqual(
    welcome.conversations.map((one) => one.in),
    ['lobby'],
  );
  world.say(1, 'lunch');
  world.commit(3, 'lunch', 'rotate');
  assert.deepEqual(world.stage.events(9), []);
  const request = { verb: 'MEMBERS', label: 'm', in: '#lunch' } as RequestOf<'MEMBERS'>;
  world.stage.request(9, request);
  assert.deepEqual(inShort(world.stage.events(9)), ['no-such-place']);
  world.stage.request(9, { verb: 'SEND', in: '#lunch', id: 'x.1', text: 'hi' } as never);
  assert.deepEqual(inShort(world.stage.events(9)), ['no-such-place']);
  world.stage.line(9, 'GROUP_MESSAGE @@lunch hi');
  assert.deepEqual(world.stage.events(9), [
    '-SOFT_ERR you are not allowed to write in that group!',
  ]);
  world.stage.disconnect(9);
});

test('[7.7, 7.8] a guest who joins a sealed group is told why not, and may not write there', () => {
  const world = begun();
  world.stage.guest(9, 'eve');
  world.stage.line(9, 'JOIN_GROUP /join lunch');
  world.stage.line(9, 'GROUP_MESSAGE @@lunch hi');
  world.stage.line(9, 'CREATE_GROUP /create_group lunch');
  assert.deepEqual(world.stage.events(9), [
    '-SOFT_ERR that group is sealed: it is for accounts, with a program that can encrypt for groups',
    '-SOFT_ERR you are not allowed to write in that group!',
    '-SOFT_ERR a group with that name already exists!',
  ]);
});

test('a commit that was sent again is not carried out again, and a commit is refused whose number is not the next', () => {
  const world = begun();
  const id = world.nextId(1);
  assert.deepEqual(inShort(world.commit(1, 'lunch', 'rotate', { id })), ['SENT']);
  const { length } = world.state('lunch').commits;
  const [again] = world.commit(1, 'lunch', 'rotate', { id });
  assert.ok(typeof again === 'object' && again.verb === 'SENT' && again.repeated === true);
  assert.equal(again.seq, world.state('lunch').commits[0]?.seq);
  assert.equal(world.state('lunch').commits.length, length);
  assert.deepEqual(inShort(world.commit(1, 'lunch', 'rotate', { id: 's1.99' })), ['out-of-order']);
});

test('after a restart a sealed group is as it was, with its roster, leaves and last commits', () => {
  const world = begun();
  world.commit(1, 'lunch', 'remove', { records: [world.out(1, 'lunch', 'carol')], removed: [2] });
  const before = world.state('lunch');
  world.stage = world.stage.restart();
  const after = world.state('lunch');
  assert.deepEqual(after.roster, before.roster);
  assert.deepEqual(
    after.commits.map(({ seq }) => seq),
    before.commits.slice(0, 3).map(({ seq }) => seq),
  );
  assert.deepEqual(after.commits[0]?.leaves, before.commits[0]?.leaves);
  assert.deepEqual([after.lastOut, after.groupId], [before.lastOut, before.groupId]);
  const [welcome] = world.account(12, 'bob');
  assert.ok(typeof welcome === 'object' && welcome.verb === 'WELCOME');
  const [, lunch] = welcome.conversations;
  assert.deepEqual([lunch?.sealed, lunch?.lastCommit], [true, before.commits[0]?.seq]);
  world.clear(12);
  assert.deepEqual(inShort(world.commit(12, 'lunch', 'rotate')), ['SENT']);
});

test('a commit is never dropped: where the disk fails it is stored with what has changed', () => {
  const world = begun();
  world.stage.disk = false;
  assert.deepEqual(inShort(world.commit(1, 'lunch', 'rotate')).at(-1), 'SENT');
  assert.deepEqual(inShort(world.say(1, 'lunch')), ['store-failed']);
  world.stage.disk = true;
  const { log } = world.stage.hub.groups.get('lunch') ?? {};
  const last = world.stage.memory.lines(log?.id ?? 0).at(-1);
  assert.equal(last?.seq, world.state('lunch').commits[0]?.seq);
});

test('a group that ends, or loses its last member, is gone with all that was stored of it', () => {
  const world = begun();
  const log = world.stage.hub.groups.get('lunch')?.log?.id ?? 0;
  world.stage.request(1, { verb: 'END_GROUP', label: 'e', in: '#lunch' } as never);
  assert.deepEqual(inShort(world.stage.events(2)), ['LEFT']);
  assert.deepEqual([world.stage.memory.lines(log), world.stage.memory.records().rosters], [[], []]);
  assert.deepEqual(inShort(world.found(2, 'lunch')), ['JOINED', 'SENT']);
});

test('a sealed group whose roster is damaged stays sealed: nobody enters or commits, and its admin can end it', () => {
  const world = begun();
  const { memory } = world.stage;
  const records = memory.records();
  const rosters = records.rosters.map(({ log, items }) => ({ log, items: items.slice(0, -1) }));
  const damaged = { ...memory, records: () => ({ ...records, rosters }) };
  world.stage = world.stage.putBack(damaged);
  world.account(11, 'alice');
  world.account(14, 'dave');
  assert.deepEqual(inShort(world.commit(11, 'lunch', 'rotate')), ['not-a-member']);
  assert.deepEqual(inShort(world.commit(14, 'lunch', 'enter')), ['not-admitted']);
  world.stage.request(11, { verb: 'END_GROUP', label: 'e', in: '#lunch' } as never);
  assert.ok(inShort(world.stage.events(11)).includes('GROUP_CHANGED'));
});

// Sealed private conversations and the account's own one [13.10] in the hub: whoever of the two founds it, the devices of
// both enter, and nobody else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inShort, SealedStage } from '../../../../test/support/sealed-stage.ts';
import { Somebody } from '../../../../test/support/statements.ts';
import { encodeBase64url } from '../../../lib/base64url.ts';
import type { ExtendedEvent } from '../../../wire/extended/events.ts';
import { sealedView } from './sealed-view.ts';
import type { ConnectionId } from '../../effects.ts';

const both = '@alice+bob';

/** alice (1), bob (2) and carol (3) are here. */
function begun(): SealedStage {
  const world = new SealedStage();
  for (const [at, name] of ['alice', 'bob', 'carol'].entries()) world.roomy(at + 1, name);
  world.clear(1, 2, 3);
  return world;
}

/** alice has founded the conversation with bob, and bob has entered. */
function wholly(): SealedStage {
  const world = begun();
  world.foundPrivate(1, both);
  assert.deepEqual(inShort(world.commit(2, both, 'enter')).at(-1), 'SENT');
  world.clear(1, 2, 3);
  return world;
}

/** A text for one device of somebody. */
function pair(world: SealedStage, connection: number, name: string) {
  const id = world.nextId(connection);
  const device = encodeBase64url(world.person(name).signer.key);
  const send = { verb: 'SEND', in: `@${name}`, id, sealed: 'words', device } as const;
  world.stage.request(connection, send);
  const heard = inShort(world.stage.events(connection));
  if (!heard.includes('SENT')) world.takeBack(connection);
  return heard.at(-1);
}

function got(world: SealedStage, connection: number, place: string, seq: number) {
  world.stage.request(connection, { verb: 'GOT', in: place, seq });
}

/** How an event describes a private conversation. */
function told(events: readonly (string | ExtendedEvent)[], name = both) {
  for (const event of events) {
    if (typeof event === 'string') continue;
    if (event.verb === 'JOINED' && event.in === name) return event;
    if (event.verb === 'WELCOME') return event.conversations.find((one) => one.in === name);
  }
  return undefined;
}

const view = (world: SealedStage, connection: number, user: string) =>
  sealedView(world.stage.hub, connection as ConnectionId, { kind: 'direct', user: user as never });

test('[13.10] whoever founds it is in, the other hears of it and enters, and what they say reaches both', () => {
  const world = begun();
  assert.deepEqual(inShort(world.foundPrivate(1, both)), ['JOINED', 'SENT']);
  const heard = world.stage.events(2);
  assert.deepEqual(inShort(heard), ['JOINED', 'MSG']);
  const joined = told(heard);
  assert.deepEqual([joined?.sealed, joined?.groupId], [true, world.state(both).groupId]);
  assert.ok(view(world, 2, 'alice').ok);
  assert.deepEqual(inShort(world.commit(2, both, 'enter')), ['SENT']);
  assert.deepEqual(inShort(world.stage.events(1)), ['MSG']);
  assert.deepEqual(inShort(world.say(1, both)), ['SENT']);
  const [said] = world.stage.events(2);
  assert.ok(typeof said === 'object' && said.verb === 'MSG');
  assert.deepEqual([said.in, said.sealed, said.on], [both, 'words', 2]);
  assert.deepEqual(world.stage.read(3), []);
});

test('[13.10] of two who found it at once the second hears that it is there, and enters', () => {
  const world = begun();
  world.foundPrivate(1, both);
  world.clear(2);
  assert.deepEqual(inShort(world.foundPrivate(2, both)), ['place-taken']);
  world.takeBack(2);
  assert.deepEqual(inShort(world.commit(2, both, 'enter')), ['SENT']);
  assert.equal(world.state(both).roster.members.length, 2);
});

test('[13.10] several devices of both enter, each with a leaf of its own', () => {
  const world = wholly();
  const laptop = world.person('bob').adds('laptop');
  world.chain(2);
  const login = world.roomy(4, 'bob', laptop);
  assert.deepEqual([told(login)?.lastCommit, told(login)?.sealed], [2, true]);
  assert.deepEqual(inShort(world.commit(4, both, 'enter')), ['SENT']);
  assert.equal(world.state(both).commits[0]?.leaves?.length, 3);
  world.clear(1, 2, 4);
  world.say(4, both);
  assert.deepEqual(
    [1, 2].map((at) => inShort(world.stage.events(at))),
    [['MSG'], ['MSG']],
  );
});

test('[13.10] nobody else gets in: not by a founding that admits a third name, not by a record, not by an entry', () => {
  const world = begun();
  const alice = world.of(1);
  const charter = alice.charter(world.person('x').root16, { group: both as never, mode: 'invite' });
  const third = world.admission(charter, alice, 'carol');
  const open = alice.charter(world.person('x').root16, { group: both as never, mode: 'open' });
  const other = alice.charter(world.person('x').root16, { group: 'tea' as never, mode: 'invite' });
  const crowd = alice.charter(world.person('x').root16, {
    group: both as never,
    mode: 'invite',
    admins: [alice.root16, world.person('carol').root16],
  });
  const lists = [
    [charter, third],
    [charter],
    [charter, world.admission(charter, alice, 'bob'), third],
    ...[open, other, crowd].map((one) => [one, world.admission(one, alice, 'bob')]),
  ];
  for (const records of lists) {
    assert.deepEqual(inShort(world.foundPrivate(1, both, { records })), ['record-refused']);
    world.takeBack(1);
  }
  assert.equal(world.direct(both), undefined);
  world.foundPrivate(1, both);
  world.commit(2, both, 'enter');
  world.clear(1, 2);
  const people = [{ root16: world.person('carol').root16, name: 'carol' as never }];
  const record = world.record(1, both, { kind: 'admit', people });
  assert.deepEqual(inShort(world.commit(1, both, 'rotate', { records: [record] })), [
    'record-refused',
  ]);
  world.takeBack(1);
  const records = [encodeBase64url(record.bytes)];
  for (const user of ['carol', 'bob'] as never[]) {
    const parts = { outline: undefined, records: [record], chain: undefined };
    world.stage.request(1, { verb: 'INVITE', in: '@bob', user, records }, parts);
    assert.deepEqual(inShort(world.stage.events(1)), ['record-refused']);
  }
  assert.deepEqual(inShort(world.commit(3, both, 'enter', { request: { in: '@bob' } })), [
    'not-sealed',
  ]);
  assert.equal(view(world, 3, 'bob').ok, false);
});

test('[13.10] it is founded only where the other has a chain and a device whose program knows of it', () => {
  const world = begun();
  world.account(4, 'oldie');
  const oldie = '@alice+oldie';
  assert.deepEqual(inShort(world.foundPrivate(1, oldie)), ['cannot-seal']);
  world.takeBack(1);
  world.chain(4);
  assert.deepEqual(inShort(world.foundPrivate(1, oldie)), ['cannot-seal']);
  world.takeBack(1);
  const nobody = world.foundPrivate(1, '@alice+nobody');
  assert.deepEqual(inShort(nobody), ['no-such-account']);
  world.takeBack(1);
  assert.deepEqual(inShort(world.foundPrivate(4, oldie)), ['no-such-place']);
  world.takeBack(4);
  world.stage.disconnect(1);
  world.roomy(1, 'alice', undefined, false);
  assert.deepEqual(inShort(world.foundPrivate(1, both)), ['not-here']);
});

test('[13.10] a program that knows nothing of it sees the conversation as before, and hears none of its lines', () => {
  const world = begun();
  world.stage.disconnect(2);
  assert.equal(pair(world, 1, 'bob'), 'SENT');
  world.foundPrivate(1, both);
  const login = world.account(2, 'bob');
  const one = told(login);
  assert.deepEqual([one?.sealed, one?.groupId, one?.lastCommit], [undefined, undefined, undefined]);
  assert.equal(pair(world, 1, 'bob'), 'SENT');
  assert.equal(pair(world, 2, 'alice'), 'SENT');
  world.clear(1, 2);
  world.commit(1, both, 'rotate');
  assert.deepEqual(world.stage.read(2), []);
  assert.deepEqual(inShort(world.commit(2, both, 'enter')), ['no-such-place']);
});

test('[13.10] texts for a single device are taken until both are in, and then no more', () => {
  const world = begun();
  world.foundPrivate(1, both);
  world.clear(1, 2);
  assert.deepEqual([pair(world, 1, 'bob'), pair(world, 2, 'alice')], ['SENT', 'SENT']);
  world.commit(2, both, 'enter');
  world.clear(1, 2);
  assert.deepEqual([pair(world, 1, 'bob'), pair(world, 2, 'alice')], ['is-sealed', 'is-sealed']);
  assert.deepEqual(inShort(world.say(2, both)), ['SENT']);
});

test('[13.10] a message needs a state of now, and a room', () => {
  const world = wholly();
  assert.deepEqual(inShort(world.say(1, both, { seen: 2, on: 3 })), ['malformed']);
  world.takeBack(1);
  for (let at = 0; at < 3; at++) world.commit(2, both, 'rotate');
  world.clear(1);
  const [late] = world.say(1, both, { seen: 2, on: 2 });
  assert.ok(typeof late === 'object' && late.verb === 'FAILED');
  assert.deepEqual([late.code, late.last], ['stale', 5]);
  world.takeBack(1);
  const elsewhere = { in: '@carol', on: 2, seen: 2 };
  assert.deepEqual(inShort(world.say(1, both, elsewhere)), ['not-sealed']);
});

test('[13.10] a text goes when all devices of both have it, and commits are kept', () => {
  const world = wholly();
  world.say(1, both);
  world.say(2, both);
  world.clear(1, 2);
  const log = () => world.direct(both)?.log;
  got(world, 1, '@bob', 4);
  got(world, 2, '@alice', 3);
  assert.equal(log()?.first, 4);
  const heard = world.stage.events(1).at(-1);
  assert.ok(typeof heard === 'object' && heard.verb === 'DELIVERED' && heard.seq === 3);
  const { id } = log() ?? {};
  const lines = world.stage.memory.records().rosters.find((one) => one.log === id);
  assert.equal(lines?.items.length, 3);
  world.clear(2);
  assert.deepEqual(inShort(world.commit(2, both, 'rotate')), ['SENT']);
});

test('[13.10] a blocked person is heard by nobody, and whoever has blocked somebody is not asked in', () => {
  const world = begun();
  world.stage.request(2, { verb: 'BLOCK', user: 'alice' as never });
  world.clear(2);
  world.foundPrivate(1, both);
  assert.deepEqual(world.stage.read(2), []);
  world.stage.request(2, { verb: 'BLOCK', user: 'alice' as never, off: true });
  world.commit(2, both, 'enter');
  world.stage.request(2, { verb: 'BLOCK', user: 'alice' as never });
  world.clear(1, 2);
  assert.deepEqual(inShort(world.say(1, both)), ['SENT']);
  assert.deepEqual(world.stage.read(2), []);
  world.commit(1, both, 'rotate');
  assert.deepEqual(inShort(world.stage.events(2)), ['MSG']);
});

test('[13.10] after a reset the old devices are out, and the new root is in once the other has admitted it', () => {
  const world = wholly();
  world.stage.admin({ act: 'reset-device', name: 'bob' });
  const [out] = world.stage.events(1);
  assert.ok(typeof out === 'object' && out.verb === 'MSG');
  assert.deepEqual([out.in, out.out], [both, { user: 'bob', why: 'removed' }]);
  assert.deepEqual(
    world.state(both).roster.members.map(({ name }) => name),
    ['alice'],
  );
  world.people.set('bob', new Somebody('bob', 'another bob'));
  world.stage.admin({ act: 'invite', hash: 'code', expiresAt: 9e12, name: 'bob' });
  const can = { sealed: true, devices: true, rooms: true };
  world.account(5, 'bob', true, undefined, { can, invite: 'code' });
  world.chain(5);
  assert.deepEqual(inShort(world.commit(5, both, 'enter')), ['not-admitted']);
  world.takeBack(5);
  assert.equal(view(world, 5, 'alice').ok, false);
  assert.equal(pair(world, 1, 'bob'), 'SENT', 'they still have sessions of two devices');
  world.clear(1, 5);
  const people = [{ root16: world.person('bob').root16, name: 'bob' as never }];
  const record = world.record(1, both, { kind: 'admit', people });
  const records = [encodeBase64url(record.bytes)];
  const parts = { outline: undefined, records: [record], chain: undefined };
  world.stage.request(1, { verb: 'INVITE', in: '@bob', user: 'bob' as never, records }, parts);
  assert.deepEqual(inShort(world.stage.events(1)), ['MSG', 'INVITED']);
  assert.equal(told(world.stage.events(5))?.sealed, true);
  assert.deepEqual(inShort(world.commit(5, both, 'enter')), ['SENT']);
  assert.equal(pair(world, 1, 'bob'), 'is-sealed');
  const removed = world.commit(1, both, 'remove', { removed: [1] });
  assert.deepEqual(inShort(removed).at(-1), 'SENT');
});

test('[13.10] where nobody is in any more it is as before, and it may be founded anew, also after a restart', () => {
  const world = begun();
  world.foundPrivate(1, both);
  world.commit(1, both, 'rotate');
  world.clear(1, 2);
  world.stage.admin({ act: 'reset-device', name: 'alice' });
  assert.equal(told(world.stage.events(2))?.sealed, undefined);
  assert.deepEqual(inShort(world.commit(2, both, 'enter')), ['not-sealed']);
  world.takeBack(2);
  world.stage = world.stage.restart();
  world.people.set('alice', new Somebody('alice', 'another alice'));
  world.stage.admin({ act: 'invite', hash: 'code', expiresAt: 9e12, name: 'alice' });
  const can = { sealed: true, devices: true, rooms: true };
  world.account(5, 'alice', true, undefined, { can, invite: 'code' });
  world.chain(5);
  assert.equal(told(world.roomy(6, 'bob'))?.sealed, undefined);
  assert.deepEqual(inShort(world.foundPrivate(6, both)), ['JOINED', 'SENT']);
  assert.deepEqual(inShort(world.commit(5, both, 'enter')), ['JOINED', 'MSG', 'SENT']);
  world.stage = world.stage.restart();
  const { roster, commits } = world.state(both);
  assert.deepEqual(
    roster.members.map(({ name }) => name),
    ['bob', 'alice'],
  );
  assert.equal(commits[0]?.leaves?.length, 2);
});

test('[13.10] a restarted server knows the room, its commits and who is in', () => {
  const world = wholly();
  const before = world.state(both);
  world.stage = world.stage.restart();
  const { roster, commits, groupId } = world.state(both);
  assert.deepEqual([groupId, roster.head], [before.groupId, before.roster.head]);
  assert.equal(commits[0]?.seq, 2);
  assert.deepEqual(commits[0]?.leaves, before.commits[0]?.leaves);
  assert.equal(told(world.roomy(5, 'bob'))?.lastCommit, 2);
  assert.deepEqual(inShort(world.commit(5, both, 'rotate')), ['SENT']);
  assert.equal(pair(world, 5, 'alice'), 'is-sealed');
});

test('[13.10] an account has a conversation with itself, for its own devices that take part, and texts go once all have them', () => {
  const world = begun();
  const laptop = world.person('alice').adds('laptop');
  world.chain(1);
  world.roomy(4, 'alice', laptop);
  world.clear(1, 4);
  assert.deepEqual(inShort(world.foundPrivate(1, '@alice')), ['JOINED', 'SENT']);
  assert.deepEqual(inShort(world.stage.events(4)), ['JOINED', 'MSG']);
  assert.deepEqual(inShort(world.commit(4, '@alice', 'enter')), ['SENT']);
  world.clear(1);
  assert.deepEqual(inShort(world.say(1, '@alice')), ['SENT']);
  assert.deepEqual(inShort(world.stage.events(4)), ['MSG']);
  got(world, 1, '@alice', 3);
  assert.equal(world.direct('@alice')?.log.first, 1);
  got(world, 4, '@alice', 3);
  assert.equal(world.direct('@alice')?.log.first, 4);
  assert.deepEqual(world.stage.read(1), [], 'nobody else is told that it was delivered');
  assert.equal(pair(world, 1, 'alice'), 'to-yourself');
  assert.equal(told(world.account(5, 'alice'), '@alice'), undefined);
  assert.deepEqual(inShort(world.foundPrivate(2, '@alice')).at(-1), 'record-refused');
  world.stage = world.stage.restart();
  assert.equal(world.state('@alice').roster.members.length, 1);
  assert.equal(told(world.roomy(6, 'alice', laptop), '@alice')?.lastCommit, 2);
  world.stage.admin({ act: 'remove-account', name: 'alice' });
  assert.ok(world.stage.memory.records().logs.every(({ name }) => name !== '@alice'));
});

test('[13.10] what waits in it is bounded as between two devices', () => {
  const world = new SealedStage({ maxWaitingPerDirect: 5_000 });
  world.roomy(1, 'alice');
  world.roomy(2, 'bob');
  world.foundPrivate(1, both);
  world.commit(2, both, 'enter');
  world.clear(1, 2);
  const sealed = 'x'.repeat(1_800);
  assert.deepEqual(inShort([1, 2, 3].flatMap(() => world.say(1, both, { sealed }))), [
    'SENT',
    'SENT',
    'too-much-waits',
  ]);
});

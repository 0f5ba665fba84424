// Random logs of a sealed group, made by people and a server that say anything: what holds for a roster whatever comes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { groupIdOf, Somebody } from '../../../test/support/statements.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { foldRoster, applyRosterEvent, type RosterEvent } from './roster-fold.ts';
import type { RecordBody, RosterAccount } from './roster-record.ts';
import { adminsOf, memberOf, type SignedRoster } from './roster.ts';
import { roleIn, rulesOf } from './roster-roles.ts';

const groupId = groupIdOf('lunch');
// Two of one name, as a server can make them.
const people = [
  ...['alice', 'bob', 'carol', 'dave'].map((name) => new Somebody(name)),
  new Somebody('bob', 'false bob'),
];
const [maker] = people as [Somebody];

type Step =
  | {
      readonly what: 'says';
      readonly who: Somebody;
      readonly body: RecordBody;
      readonly late: boolean;
    }
  | { readonly what: 'enters'; readonly who: Somebody; readonly as: Somebody }
  | { readonly what: 'server'; readonly who: Somebody };

const somebody = fc.constantFrom(...people);
const mode = fc.constantFrom('open' as const, 'invite' as const);
const body: fc.Arbitrary<RecordBody> = fc.oneof(
  fc
    .record({ kind: fc.constant('admit' as const), people: fc.tuple(somebody) })
    .map(({ kind, people: all }) => ({
      kind,
      people: all.map(({ root16, name }): RosterAccount => ({ root16, name })),
    })),
  fc.record({
    kind: fc.constant('out' as const),
    root16: somebody.map(({ root16 }) => root16),
    word: fc.constantFrom('kick' as const, 'ban' as const),
  }),
  fc.constant({ kind: 'leave' as const }),
  fc.record({
    kind: fc.constant('admins' as const),
    admins: fc.tuple(somebody.map(({ root16 }) => root16)),
  }),
  fc.record({ kind: fc.constant('settings' as const), mode }),
  fc
    .uniqueArray(somebody, { minLength: 1, maxLength: 3 })
    .chain((all) => fc.tuple(fc.constant(all), fc.integer({ min: 1, max: all.length })))
    .map(([all, owners]) => ({
      kind: 'roles' as const,
      owners: all.slice(0, owners).map(({ root16 }) => root16),
      moderators: all.slice(owners).map(({ root16 }) => root16),
    })),
  somebody.chain(({ root16, name }) =>
    fc.constantFrom(
      { kind: 'silence' as const, root16, until: 0 },
      { kind: 'unsilence' as const, root16 },
      { kind: 'ban' as const, root16, name, until: 5, reason: 'spam' as const },
      { kind: 'unban' as const, root16 },
    ),
  ),
  fc.record({
    kind: fc.constant('rules' as const),
    slow: fc.constantFrom(0, 10),
    announce: fc.boolean(),
    isPublic: fc.boolean(),
  }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    what: fc.constant('says' as const),
    who: fc.oneof(fc.constant(maker), somebody),
    body,
    late: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  }),
  fc.record({
    what: fc.constant('enters' as const),
    who: somebody,
    as: fc.oneof(somebody, somebody),
  }),
  fc.record({ what: fc.constant('server' as const), who: somebody }),
);

/** The event of a step in the group as it is; `late` ones name the head that held before the last record. */
function eventOf(roster: SignedRoster, before: SignedRoster, made: Step): RosterEvent {
  switch (made.what) {
    case 'says':
      return { kind: 'record', record: made.who.record(made.late ? before : roster, made.body) };
    case 'enters':
      return { kind: 'entered', account: made.who.account, device: made.as.signer.key };
    case 'server':
      return { kind: 'server-out', user: made.who.name, why: 'kicked' };
  }
}

function checkEntrance(before: SignedRoster, event: RosterEvent, root16: Uint8Array): void {
  assert.ok(event.kind === 'entered' && equalBytes(event.account.root16, root16));
  assert.ok(!before.banned.some((one) => equalBytes(one, root16)));
  const admitted = before.admitted.some((one) => equalBytes(one.root16, root16));
  assert.ok(before.mode === 'open' || admitted, 'the mode or an admission lets in');
}

function checkDeparture(before: SignedRoster, event: RosterEvent, member: RosterAccount): void {
  if (event.kind === 'server-out') {
    assert.equal(event.user, member.name);
    return;
  }
  assert.ok(event.kind === 'record', event.kind);
  const { record } = event;
  if (record.body.kind === 'leave') assert.deepEqual(record.root16, member.root16);
  else {
    assert.ok(record.body.kind === 'out' || record.body.kind === 'ban', record.body.kind);
    assert.ok(equalBytes(record.body.root16, member.root16));
    const [signer, target] = [roleIn(before, record.root16), roleIn(before, member.root16)];
    const isOverMember = signer === 'moderator' && target === 'member';
    assert.ok(signer === 'owner' || isOverMember, 'an owner puts out, or a moderator a member');
  }
}

/** Nobody gets a role but by an owner's word, or as the heir of one; and nobody keeps one who is out. */
function checkRoles(before: SignedRoster, event: RosterEvent, after: SignedRoster): void {
  for (const { root16 } of after.members) {
    const [was, is] = [roleIn(before, root16), roleIn(after, root16)];
    if (is === was || is === 'member' || after.members.length === 1) continue;
    const hadOwners = adminsOf(before).some((one) => memberOf(after, one.root16) !== undefined);
    const isByOwner = event.kind === 'record' && roleIn(before, event.record.root16) === 'owner';
    assert.ok(isByOwner || !hadOwners, 'an owner says who is what');
  }
  for (const root16 of rulesOf(after).moderators) {
    assert.ok(memberOf(after, root16), 'a moderator is in');
  }
  if (event.kind === 'server-out') {
    const { silenced, slow, announce } = rulesOf(before);
    const now = rulesOf(after);
    assert.deepEqual([now.silenced, now.slow, now.announce], [silenced, slow, announce]);
  }
}

function checkChange(before: SignedRoster, event: RosterEvent, after: SignedRoster): void {
  for (const { root16 } of after.members) {
    if (memberOf(before, root16) === undefined) checkEntrance(before, event, root16);
  }
  for (const member of before.members) {
    if (memberOf(after, member.root16) === undefined) checkDeparture(before, event, member);
  }
  const names = after.members.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, 'nobody is there twice');
  assert.equal(adminsOf(after).length > 0, after.members.length > 0, 'there is an admin');
  checkRoles(before, event, after);
  const isRecord = event.kind === 'record';
  assert.equal(after.records - before.records, isRecord ? 1 : 0);
  if (!isRecord) assert.deepEqual(after.head, before.head);
}

test('random logs: nobody gets in or out but as the rules have it, and every fold of them is the same', () => {
  fc.assert(
    fc.property(mode, fc.array(step, { maxLength: 25 }), (first, steps) => {
      const charter = maker.charter(groupId, { mode: first });
      const events: RosterEvent[] = [{ kind: 'founded', record: charter, account: maker.account }];
      let roster = foldRoster(events).roster;
      assert.ok(roster);
      let before = roster;
      for (const made of steps) {
        const event = eventOf(roster, before, made);
        events.push(event);
        const next = applyRosterEvent(roster, event);
        if (!next.ok) continue;
        checkChange(roster, event, next.value);
        if (event.kind === 'record') before = roster;
        roster = next.value;
      }
      assert.deepEqual(foldRoster(events).roster, roster);
      assert.deepEqual(foldRoster(events), foldRoster(events));
    }),
    { numRuns: Number(process.env['HELO_RANDOM_RUNS'] ?? 150) },
  );
});

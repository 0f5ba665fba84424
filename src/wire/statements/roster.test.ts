import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupIdOf, Signer, Somebody, linkBy, addition } from '../../../test/support/statements.ts';
import { foldChain } from './account-chain.ts';
import { maxAdmitted, type RecordBody } from './roster-record.ts';
import type { GroupName } from '../text.ts';
import { foldRoster } from './roster-fold.ts';
import {
  adminsOf,
  applyAccount,
  applyEntry,
  applyRecord,
  applyServerOut,
  foundRoster,
  isAdmin,
  maxSealedMembers,
  mayHoldLeaf,
  memberOf,
  type SignedRoster,
} from './roster.ts';

const groupId = groupIdOf('lunch');
const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => new Somebody(name)) as [
  Somebody,
  Somebody,
  Somebody,
];

function founded(mode: 'open' | 'invite' = 'open', maker = alice): SignedRoster {
  const roster = foundRoster(
    maker.charter(groupId, { mode, admins: [maker.root16] }),
    maker.account,
  );
  assert.ok(roster.ok);
  return roster.value;
}

function says(roster: SignedRoster, who: Somebody, body: RecordBody): SignedRoster {
  const next = applyRecord(roster, who.record(roster, body));
  assert.ok(next.ok, next.ok ? '' : next.error);
  return next.value;
}

function refusal(roster: SignedRoster, who: Somebody, body: RecordBody): string | undefined {
  const next = applyRecord(roster, who.record(roster, body));
  return next.ok ? undefined : next.error;
}

function enters(roster: SignedRoster, ...people: readonly Somebody[]): SignedRoster {
  return people.reduce((before, one) => {
    const next = applyEntry(before, one.account, one.signer.key);
    assert.ok(next.ok, next.ok ? '' : next.error);
    return next.value;
  }, roster);
}

function whyOutside(roster: SignedRoster, who: Somebody): string | undefined {
  const next = applyEntry(roster, who.account, who.signer.key);
  return next.ok ? undefined : next.error;
}

const names = (roster: SignedRoster) => roster.members.map(({ name }) => name).join(' ');
const adminNames = (roster: SignedRoster) =>
  adminsOf(roster)
    .map(({ name }) => name)
    .join(' ');
const out = (who: Somebody, word: 'kick' | 'ban' = 'kick') =>
  ({ kind: 'out', root16: who.root16, word }) as const;
const admits = (...people: readonly Somebody[]) =>
  ({ kind: 'admit', people: people.map(({ root16, name }) => ({ root16, name })) }) as const;

test('its maker founds a group, with a valid device of its own account', () => {
  const roster = founded();
  assert.equal(names(roster), 'alice');
  assert.equal(roster.records, 1);
  const charter = alice.charter(groupId);
  assert.deepEqual(foundRoster(charter, bob.account), { ok: false, error: 'not-a-member' });
  const other = { ...alice.account, devices: bob.account.devices };
  assert.deepEqual(foundRoster(charter, other), { ok: false, error: 'not-a-device' });
  const leave = alice.record({ groupId, records: 0, head: roster.head }, { kind: 'leave' });
  assert.deepEqual(foundRoster(leave, alice.account), { ok: false, error: 'no-charter' });
});

test('everybody may enter an open group, and members stand in the order of entering', () => {
  assert.equal(names(enters(founded(), carol, bob)), 'alice carol bob');
});

test('nobody enters a group by invitation who is not admitted, by root and by name', () => {
  const roster = founded('invite');
  assert.equal(whyOutside(roster, bob), 'not-admitted');
  const admitting = says(roster, alice, admits(bob));
  assert.equal(whyOutside(admitting, new Somebody('bob', 'false bob')), 'not-admitted');
  const misnamed = says(roster, alice, {
    kind: 'admit',
    people: [{ root16: bob.root16, name: carol.name }],
  });
  assert.equal(whyOutside(misnamed, bob), 'not-admitted');
  assert.equal(names(enters(admitting, bob)), 'alice bob');
});

test('an admission is used up: who is out of a group by invitation needs another', () => {
  for (const leaves of [
    (roster: SignedRoster) => says(roster, bob, { kind: 'leave' }),
    (roster: SignedRoster) => says(roster, alice, out(bob)),
    (roster: SignedRoster) => applyServerOut(roster, bob.name, 'left'),
  ]) {
    const roster = leaves(enters(says(founded('invite'), alice, admits(bob)), bob));
    assert.equal(names(roster), 'alice');
    assert.equal(whyOutside(roster, bob), 'not-admitted');
  }
});

test('an admission that was not used yet is taken back', () => {
  const roster = says(says(founded('invite'), alice, admits(bob)), alice, out(bob));
  assert.equal(whyOutside(roster, bob), 'not-admitted');
});

test('only admins admit, put out, name admins, set the mode and found anew', () => {
  const roster = enters(founded(), bob, carol);
  for (const body of [
    admits(carol),
    out(carol),
    { kind: 'admins', admins: [bob.root16] },
    { kind: 'settings', mode: 'invite' },
    { kind: 'refound', next: groupIdOf('next'), suite: 'other' },
  ] as const) {
    assert.equal(refusal(roster, bob, body), 'not-an-admin', body.kind);
    assert.equal(refusal(roster, alice, body), undefined, body.kind);
  }
  assert.equal(refusal(roster, bob, { kind: 'leave' }), undefined);
  assert.equal(refusal(founded(), bob, { kind: 'leave' }), 'not-a-member');
});

test('who was kicked from an open group may come back, and who was banned may not', () => {
  const roster = enters(founded(), bob, carol);
  const kicked = says(roster, alice, out(bob));
  assert.equal(names(kicked), 'alice carol');
  assert.equal(names(enters(kicked, bob)), 'alice carol bob');
  const banned = says(roster, alice, out(bob, 'ban'));
  assert.equal(whyOutside(banned, bob), 'banned');
  assert.equal(names(enters(says(banned, alice, admits(bob)), bob)), 'alice carol bob');
  assert.deepEqual(
    banned.out.map(({ name, why }) => [name, why]),
    [['bob', 'banned']],
  );
});

test('somebody can be banned who was never in, and nobody kicked', () => {
  assert.equal(refusal(founded(), alice, out(bob)), 'no-such-person');
  assert.equal(whyOutside(says(founded(), alice, out(bob, 'ban')), bob), 'banned');
});

test('without an admin the longest-standing member is one', () => {
  const roster = enters(founded(), bob, carol);
  const left = says(roster, alice, { kind: 'leave' });
  assert.equal(adminNames(left), 'bob');
  assert.equal(adminNames(enters(left, alice)), 'bob');
  assert.equal(adminNames(applyServerOut(left, bob.name, 'kicked')), 'carol');
  const handed = says(roster, alice, { kind: 'admins', admins: [carol.root16] });
  assert.equal(adminNames(handed), 'carol');
  assert.ok(!isAdmin(handed, alice.root16));
  assert.equal(
    refusal(founded(), alice, { kind: 'admins', admins: [bob.root16] }),
    'no-such-person',
  );
});

test('the word of the server puts somebody out, for good if an admin has kicked, and moves no head', () => {
  const roster = enters(founded(), bob);
  const after = applyServerOut(roster, bob.name, 'removed');
  assert.equal(names(after), 'alice');
  assert.deepEqual(after.head, roster.head);
  assert.deepEqual(after.out, [{ ...after.out[0], name: 'bob', why: 'removed', by: 'server' }]);
  assert.equal(whyOutside(after, bob), undefined);
  assert.equal(applyServerOut(after, bob.name, 'left'), after);
  const kicked = applyServerOut(roster, bob.name, 'kicked');
  assert.equal(whyOutside(kicked, bob), 'banned');
  assert.equal(whyOutside(says(kicked, alice, admits(bob)), bob), undefined);
});

test('a record goes on from the head, in this group, or is refused', () => {
  const roster = founded();
  const leave = { kind: 'leave' } as const;
  const settings = { kind: 'settings', mode: 'invite' } as const;
  const moved = says(roster, alice, settings);
  assert.equal(refusal({ ...roster, records: 2 }, alice, leave), undefined);
  for (const place of [
    { ...moved, records: 1 },
    { ...moved, records: 3 },
    { ...moved, head: roster.head },
    roster,
  ]) {
    const refused = applyRecord(moved, alice.record(place, leave));
    assert.deepEqual(refused, { ok: false, error: 'not-next' });
  }
  const elsewhere = alice.record({ ...moved, groupId: groupIdOf('other') }, leave);
  assert.deepEqual(applyRecord(moved, elsewhere), { ok: false, error: 'other-group' });
});

test('records of a group that was founded anew are about the new one, with the same members', () => {
  const roster = enters(founded('invite'));
  const next = groupIdOf('next');
  const anew = says(roster, alice, { kind: 'refound', next, suite: 'other' });
  assert.deepEqual([anew.groupId, anew.suite, names(anew)], [next, 'other', 'alice']);
  const old = alice.record({ ...anew, groupId }, { kind: 'leave' });
  assert.deepEqual(applyRecord(anew, old), { ok: false, error: 'other-group' });
});

test('nobody enters under the name of a member', () => {
  assert.equal(whyOutside(founded(), new Somebody('alice', 'false alice')), 'name-taken');
});

test('a device that its account does not have signs nothing and does not enter', () => {
  const roster = enters(founded(), bob);
  const stranger = new Signer('stranger');
  const refused = applyEntry(roster, carol.account, stranger.key);
  assert.deepEqual(refused, { ok: false, error: 'not-a-device' });
  const record = { ...bob.record(roster, { kind: 'leave' }), device: stranger.key };
  assert.deepEqual(applyRecord(roster, record), { ok: false, error: 'not-a-device' });
});

test('a member enters with a further device, and not with one that was revoked since', () => {
  const roster = enters(founded(), bob);
  const phone = new Signer("bob's phone");
  const [root] = bob.links;
  assert.ok(root);
  const added = linkBy(bob.signer, root.hash, addition(root.hash, phone));
  const revoked = linkBy(phone, added.hash, { kind: 'revoke', key: bob.signer.key, why: 'stolen' });
  const [two, one] = [foldChain([root, added]), foldChain([root, added, revoked])];
  assert.ok(two.ok && one.ok);
  assert.ok(!mayHoldLeaf(roster, bob.root16, phone.key));
  const grown = applyEntry(roster, two.value, phone.key);
  assert.ok(grown.ok && mayHoldLeaf(grown.value, bob.root16, phone.key));
  const shrunk = applyAccount(grown.value, one.value);
  assert.ok(shrunk.ok && !mayHoldLeaf(shrunk.value, bob.root16, bob.signer.key));
  // The older chain that the thief shows changes nothing.
  const refused = applyEntry(shrunk.value, bob.account, bob.signer.key);
  assert.deepEqual(refused, { ok: false, error: 'not-a-device' });
  const other = linkBy(bob.signer, root.hash, addition(root.hash, new Signer("bob's tablet")));
  const split = foldChain([root, other]);
  assert.ok(split.ok);
  assert.deepEqual(applyEntry(shrunk.value, split.value, bob.signer.key), {
    ok: false,
    error: 'split-account',
  });
});

test('members and admissions are bounded', () => {
  const crowd = Array.from({ length: maxSealedMembers }, (_, at) => new Somebody(`p${at}`));
  const full = enters(founded(), ...crowd.slice(1));
  assert.equal(whyOutside(full, new Somebody('late')), 'group-full');
  assert.equal(memberOf(full, alice.root16)?.name, 'alice');
  const admitted = says(founded('invite'), alice, admits(...crowd.slice(0, maxAdmitted)));
  assert.equal(refusal(admitted, alice, admits(new Somebody('late'))), 'too-many');
  assert.equal(refusal(admitted, alice, admits(crowd[0] ?? bob)), undefined);
});

test('the order of the log decides: an entry before an admission is void, and after a ban too', () => {
  const start = founded('invite');
  const admission = alice.record(start, admits(bob));
  const entry = { kind: 'entered', account: bob.account, device: bob.signer.key } as const;
  const first = {
    kind: 'founded',
    record: alice.charter(groupId, { mode: 'invite' }),
    account: alice.account,
  } as const;
  const record = { kind: 'record', record: admission } as const;
  const inOrder = foldRoster([first, record, entry]);
  assert.equal(inOrder.roster && names(inOrder.roster), 'alice bob');
  const early = foldRoster([first, entry, record]);
  assert.equal(early.roster && names(early.roster), 'alice');
  assert.deepEqual(early.refused, [{ at: 1, why: 'not-admitted' }]);
  assert.deepEqual(
    foldRoster([record, entry]).refused.map(({ why }) => why),
    ['no-charter', 'no-charter'],
  );
  assert.deepEqual(foldRoster([first, first]).refused, [{ at: 1, why: 'second-charter' }]);
});

test('the room of a private conversation lets its two people in and nobody else, whatever a record says', () => {
  const group = '@alice+bob' as GroupName;
  const room = (mode: 'open' | 'invite', maker = alice) =>
    foundRoster(maker.charter(groupId, { group, mode, admins: [maker.root16] }), maker.account);
  assert.deepEqual(room('open'), { ok: false, error: 'not-private' });
  assert.deepEqual(room('invite', carol), { ok: false, error: 'not-private' });
  const founding = room('invite');
  assert.ok(founding.ok);
  const alone = founding.value;
  assert.equal(refusal(alone, alice, admits(bob, carol)), 'not-private');
  assert.equal(refusal(alone, alice, admits(carol)), 'not-private');
  assert.equal(refusal(alone, alice, { kind: 'settings', mode: 'open' }), 'not-private');
  const both = enters(says(alone, alice, admits(bob)), bob);
  assert.equal(names(both), 'alice bob');
  assert.equal(refusal(both, alice, out(bob)), 'not-private');
  assert.equal(refusal(both, bob, { kind: 'leave' }), 'not-private');
  assert.equal(whyOutside(both, carol), 'not-admitted');
  const again = applyServerOut(both, bob.name, 'removed');
  assert.equal(names(enters(says(again, alice, admits(bob)), bob)), 'alice bob');
});

test("an account's own room lets nobody else in", () => {
  const group = '@alice' as GroupName;
  const founding = foundRoster(alice.charter(groupId, { group, mode: 'invite' }), alice.account);
  assert.ok(founding.ok);
  assert.equal(refusal(founding.value, alice, admits(bob)), 'not-private');
  assert.equal(whyOutside(founding.value, bob), 'not-admitted');
});

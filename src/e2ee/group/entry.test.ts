import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostileCommit } from '../../../test/support/hostile-group.ts';
import {
  anything,
  codeOf,
  commitData,
  createAccount,
  enter,
  follow,
  gather,
  memberAt,
  prepareEntry,
  remove,
  replay,
  rotate,
  say,
  openBytes,
  suite,
  talk,
  treeOf,
  value,
  heard,
} from '../../../test/support/group.ts';
import { encodeMessage } from '../codec.ts';
import { createKeyPackage } from '../key-package.ts';
import {
  createCommit,
  createGroupInfoWithExternalPub,
  createGroupInfoWithExternalPubAndRatchetTree,
  mls,
  type GroupInfo,
} from '../mls.ts';
import { applyCommit, prepareRotation } from './commits.ts';
import { enterGroup } from './entry.ts';
import { checkInfo, epochDigits, exportTree, groupInfo } from './group-info.ts';
import {
  forgetSession,
  members,
  pastGroups,
  publicGroup,
  type GroupSession,
} from './group-session.ts';
import { adopt, forgetPending } from './pending-commit.ts';
import { leaves } from './public-group.ts';
import { followCommit, readTree } from './replay.ts';

const encodeInfo = (info: GroupInfo): Uint8Array =>
  encodeMessage({ version: 'mls10', wireformat: 'mls_group_info', groupInfo: info });

/** A GroupInfo of `member` with another key to enter with, correctly signed. */
async function falseInfo(member: GroupSession): Promise<Uint8Array> {
  const { state, suite: ciphers } = member[mls];
  const keySchedule = { ...state.keySchedule, externalSecret: new Uint8Array(64).fill(7) };
  return encodeInfo(await createGroupInfoWithExternalPub({ ...state, keySchedule }, [], ciphers));
}

test('people enter over an old tree and the commits since, also long after the founder’s leaf has expired', async () => {
  let party = await gather('alice', 'bob');
  const base = await treeOf(memberAt(party, 0));
  const before = party.commits.length;
  party = await enter(party, await createAccount('carol'));
  party = await rotate(party, 1);
  party = await remove(party, 2, [1]);
  const group = await replay(base, party.commits.slice(before));
  const dave = await createAccount('dave');
  const info = await groupInfo(memberAt(party, 0));
  const entered = value(
    await enterGroup(suite, dave.device, dave.identity, group, info, commitData()),
  );
  const sessions = await Promise.all(
    party.sessions.map((session) => follow(session, entered.commit)),
  );
  sessions.push(value(adopt(undefined, entered.pending)));
  await talk({ ...party, accounts: [...party.accounts, dave], sessions });
  const founder = memberAt(party, 0)[mls].state.ratchetTree[0];
  const source = founder?.nodeType === 'leaf' ? founder.leaf.leafNodeSource : '';
  assert.equal(
    source,
    'key_package',
    'the founder has still the first leaf, whose lifetime is over',
  );
});

test('a GroupInfo of another epoch, another group or another branch than the log’s is not entered over', async () => {
  const party = await gather('alice', 'bob');
  const old = await groupInfo(memberAt(party, 0));
  const next = await rotate(party, 1);
  const other = await gather('alice', 'bob', 'carol');
  const group = await treeOf(memberAt(next, 0));
  const dave = await createAccount('dave');
  for (const info of [old, await groupInfo(memberAt(other, 0))]) {
    const entered = await enterGroup(suite, dave.device, dave.identity, group, info, commitData());
    assert.equal(codeOf(entered), 'wrong-info');
  }
  const forged = (await groupInfo(memberAt(next, 0))).slice();
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  const entered = await enterGroup(suite, dave.device, dave.identity, group, forged, commitData());
  assert.equal(codeOf(entered), 'unreadable');
});

test('over a GroupInfo with a false external_pub a joiner notices nothing and nobody can follow; members find it', async () => {
  const party = await gather('alice', 'bob');
  const info = await falseInfo(memberAt(party, 0));
  const dave = await createAccount('dave');
  const group = await treeOf(memberAt(party, 1));
  const lost = value(
    await enterGroup(suite, dave.device, dave.identity, group, info, commitData()),
  );
  assert.equal(codeOf(await applyCommit(memberAt(party, 1), lost.commit, anything)), 'unreadable');
  assert.equal(codeOf(await checkInfo(memberAt(party, 1), info)), 'wrong-info');
  value(await checkInfo(memberAt(party, 1), await groupInfo(memberAt(party, 0))));
  const next = await enter(party, dave);
  assert.equal(codeOf(await checkInfo(memberAt(next, 0), info)), 'wrong-epoch');
  await talk(next);
});

test('a GroupInfo with anything else in it is refused by members and joiners', async () => {
  const party = await gather('alice', 'bob');
  const { state, suite: ciphers } = memberAt(party, 0)[mls];
  const group = await treeOf(memberAt(party, 1));
  const dave = await createAccount('dave');
  const more = [{ extensionType: 'application_id' as const, extensionData: Uint8Array.of(1) }];
  const infos = [
    await createGroupInfoWithExternalPub(state, more, ciphers),
    await createGroupInfoWithExternalPub(
      { ...state, confirmationTag: new Uint8Array(64) },
      [],
      ciphers,
    ),
  ].map(encodeInfo);
  for (const info of infos) {
    assert.equal(codeOf(await checkInfo(memberAt(party, 1), info)), 'wrong-info');
    const entered = await enterGroup(suite, dave.device, dave.identity, group, info, commitData());
    assert.equal(codeOf(entered), 'wrong-info');
  }
});

test('coming back takes the place of the own leaf; who has none enters anew, and the library’s endless loop is never begun', async () => {
  const party = await gather('alice', 'bob', 'carol');
  const bob = party.accounts[1] ?? assert.fail();
  const { commit, pending } = await prepareEntry(bob, memberAt(party, 0));
  const applied = value(await applyCommit(memberAt(party, 0), commit, anything));
  assert.equal(applied.change.kind === 'enter' && applied.change.replaced?.leaf, 1);
  const sessions = [
    applied.kind === 'in' ? applied.session : assert.fail(),
    value(adopt(undefined, pending)),
    await follow(memberAt(party, 2), commit),
  ];
  assert.equal(members(sessions[0] ?? assert.fail()).length, 3);
  const next = await talk(await remove({ ...party, sessions }, 0, [1]));
  await talk(await enter(next, bob));
});

test('the founder, at leaf 0, can come back', async () => {
  const party = await gather('alice', 'bob');
  const alice = party.accounts[0] ?? assert.fail();
  const { commit, pending } = await prepareEntry(alice, memberAt(party, 1));
  const sessions = [value(adopt(undefined, pending)), await follow(memberAt(party, 1), commit)];
  await talk({ ...party, sessions });
});

test('an old state that hears its own re-entry is told that it is out; the library throws', async () => {
  const party = await gather('alice', 'bob');
  const { commit } = await prepareEntry(party.accounts[1] ?? assert.fail(), memberAt(party, 0));
  const applied = value(await applyCommit(memberAt(party, 1), commit, anything));
  assert.equal(applied.kind, 'out');
  assert.equal(applied.change.by.identity.name, 'bob');
  const kept = Object.values(memberAt(party, 1)[mls].state.keySchedule) as Uint8Array[];
  assert.ok(kept.every((secret) => secret.every((byte) => byte === 0)));
});

test('whoever is removed is told so by the commit, and can follow the group from outside', async () => {
  const party = await gather('alice', 'bob', 'carol');
  const { out, ...next } = await remove(party, 0, [1]);
  const applied = value(
    await applyCommit(out[0] ?? assert.fail(), next.commits.at(-1) ?? assert.fail(), anything),
  );
  assert.equal(applied.kind, 'out');
  const group = applied.kind === 'out' ? applied.group : assert.fail();
  assert.deepEqual(group[mls].context, publicGroup(memberAt(next, 0))[mls].context);
  const info = await groupInfo(memberAt(next, 0));
  const bob = party.accounts[1] ?? assert.fail();
  const entered = value(
    await enterGroup(suite, bob.device, bob.identity, group, info, commitData()),
  );
  const sessions = await Promise.all(
    next.sessions.map((session) => follow(session, entered.commit)),
  );
  sessions.push(value(adopt(undefined, entered.pending)));
  await talk({ ...next, accounts: [...next.accounts, bob], sessions });
});

test('an own commit is not processed but adopted; where another came first, the session goes on without it', async () => {
  const party = await gather('alice', 'bob', 'carol');
  const alice = memberAt(party, 0);
  const mine = value(await prepareRotation(alice, commitData()));
  assert.equal(codeOf(await applyCommit(alice, mine.commit, anything)), 'own-commit');
  const theirs = value(await prepareRotation(memberAt(party, 1), commitData()));
  forgetPending(alice, mine.pending);
  const sessions = [
    await follow(alice, theirs.commit),
    value(adopt(memberAt(party, 1), theirs.pending)),
    await follow(memberAt(party, 2), theirs.commit),
  ];
  assert.equal(codeOf(adopt(sessions[0], mine.pending)), 'not-next');
  await talk({ ...party, sessions });
});

test('an invalid commit, then a valid one of the same epoch: the group goes on', async () => {
  const party = await gather('alice', 'bob', 'carol');
  const broken = await hostileCommit(
    memberAt(party, 1),
    'rotate',
    {},
    {
      state: {
        keySchedule: {
          ...memberAt(party, 1)[mls].state.keySchedule,
          initSecret: new Uint8Array(64),
        },
      },
    },
  );
  assert.equal(codeOf(await applyCommit(memberAt(party, 0), broken, anything)), 'unreadable');
  assert.equal(codeOf(await applyCommit(memberAt(party, 2), broken, anything)), 'unreadable');
  await talk(await rotate(party, 1));
});

test('states before the last commits can be gone back to: a re-entry from the branch that lasted', async () => {
  const party = await gather('alice', 'bob', 'carol');
  const alone = value(await prepareRotation(memberAt(party, 0), commitData()));
  const forked = value(adopt(memberAt(party, 0), alone.pending));
  const theirs = value(await prepareRotation(memberAt(party, 1), commitData()));
  const bob = value(adopt(memberAt(party, 1), theirs.pending));
  const carol = await follow(memberAt(party, 2), theirs.commit);
  assert.equal(codeOf(await applyCommit(forked, theirs.commit, anything)), 'stale-epoch');
  const [base] = pastGroups(forked);
  const followed = await replay(base ?? assert.fail(), [theirs.commit]);
  const alice = party.accounts[0] ?? assert.fail();
  const info = await groupInfo(bob);
  const back = value(
    await enterGroup(suite, alice.device, alice.identity, followed, info, commitData()),
  );
  forgetSession(forked);
  const sessions = [
    value(adopt(undefined, back.pending)),
    await follow(bob, back.commit),
    await follow(carol, back.commit),
  ];
  assert.equal(new Set(sessions.map(epochDigits)).size, 1);
  await talk({ ...party, sessions });
});

test('keys of nodes that are blank by now are forgotten: the library keeps them', async () => {
  const party = await remove(
    await rotate(await gather('alice', 'bob', 'carol', 'dave'), 2),
    0,
    [3],
  );
  for (const session of party.sessions) {
    const { privatePath, ratchetTree } = session[mls].state;
    for (const at of Object.keys(privatePath.privateKeys)) {
      assert.ok(ratchetTree[Number(at)] !== undefined, `the key of node ${at}`);
    }
  }
});

test('trees that this protocol does not make are not read: another tree, unmerged leaves, uncertified ones, damaged bytes', async () => {
  const party = await gather('alice', 'bob');
  const tree = await exportTree(memberAt(party, 0));
  const { suite: ciphers, state } = memberAt(party, 0)[mls];
  assert.equal(
    codeOf(await readTree(suite, tree, ({ identity }) => identity.name !== 'bob')),
    'not-certified',
  );
  const otherTree = encodeInfo(
    await createGroupInfoWithExternalPubAndRatchetTree(
      { ...state, ratchetTree: memberAt(await gather('x', 'y'), 0)[mls].state.ratchetTree },
      [],
      ciphers,
    ),
  );
  assert.equal(codeOf(await readTree(suite, otherTree, () => true)), 'damaged');
  const erin = await createAccount('erin');
  const added = (await createKeyPackage(suite, erin.device, 'erin', Date.now()))[mls].open;
  const grown = await createCommit(
    { state: memberAt(party, 1)[mls].state, cipherSuite: ciphers },
    { extraProposals: [{ proposalType: 'add', add: { keyPackage: added } }] },
  ).catch(() => undefined);
  assert.equal(grown, undefined, 'not even the library adds a leaf without an account');
  const unmerged = state.ratchetTree.map((node) =>
    node?.nodeType === 'parent'
      ? { ...node, parent: { ...node.parent, unmergedLeaves: [1] } }
      : node,
  );
  const withUnmerged = encodeInfo(
    await createGroupInfoWithExternalPubAndRatchetTree(
      { ...state, ratchetTree: unmerged },
      [],
      ciphers,
    ),
  );
  assert.equal(codeOf(await readTree(suite, withUnmerged, () => true)), 'wrong-profile');
  for (let at = 0; at < tree.length; at += 23) {
    assert.notEqual(codeOf(await readTree(suite, tree.subarray(0, at), () => true)), 'none');
    const changed = tree.slice();
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
    const read = await readTree(suite, changed, () => true);
    if (read.ok) await assert.doesNotReject(async () => leaves(read.value));
  }
  assert.equal(
    codeOf(await readTree(suite, await groupInfo(memberAt(party, 0)), () => true)),
    'wrong-profile',
  );
});

test('a commit that the policy lets pass and that is signed by nobody is not replayed', async () => {
  const party = await gather('alice', 'bob');
  const group = await treeOf(memberAt(party, 0));
  const { commit } = value(await prepareRotation(memberAt(party, 1), commitData()));
  const tagBytes = 2 * (2 + 64);
  for (let at = 100; at < commit.length; at += 131) {
    const changed = commit.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    const followed = await followCommit(suite, group, changed, anything);
    // The two tags at its end are checked by members; a false one leads to no GroupInfo.
    if (followed.ok) assert.ok(at >= commit.length - tagBytes, `byte ${at}`);
  }
});

test('two members with equal digits are in one state; a message crosses between no others', async () => {
  const party = await gather('alice', 'bob');
  const next = await rotate(party, 0);
  const digits = epochDigits(memberAt(next, 0));
  assert.equal(epochDigits(memberAt(next, 1)), digits);
  const other = await rotate(next, 1);
  assert.notEqual(epochDigits(memberAt(other, 0)), digits);
  const said = await say(memberAt(other, 0), 'hello');
  assert.equal(heard(value(await openBytes(memberAt(other, 1), said.bytes))), 'alice: hello');
});

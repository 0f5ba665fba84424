// Each trap of the library, and each hostile commit, by name. Where it says "the library follows it", the test holds
// that too: when a later version does not, the policy's check has another reason or none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  altered,
  hostileCommit,
  hostileEntry,
  libraryFollows,
  withoutCiphertexts,
  withPublicKeys,
} from '../../../test/support/hostile-group.ts';
import {
  anything,
  codeOf,
  commitData,
  createAccount,
  follow,
  gather,
  memberAt,
  prepareEntry,
  suite,
  talk,
  treeOf,
  value,
  type Account,
  type Party,
} from '../../../test/support/group.ts';
import { createKeyPackage } from '../key-package.ts';
import { mls, type LeafNode } from '../mls.ts';
import { applyCommit, prepareRemoval, prepareRotation } from './commits.ts';
import { encodeCommitData } from './authenticated-data.ts';
import { kemKeyOf } from './policy.ts';
import { capabilities } from './profile.ts';
import { followCommit } from './replay.ts';
import { createOwnLeaf, members } from './group-session.ts';
import { groupCredentialOf } from './group-identity.ts';

const party = await gather('alice', 'bob', 'carol', 'dave');
const accountAt = (at: number): Account => party.accounts[at] ?? assert.fail();
const [alice, bob, carol] = [memberAt(party, 0), memberAt(party, 1), memberAt(party, 2)];

/** The code with which a member and whoever replays refuse `commit`: always the same. */
async function refusal(commit: Uint8Array, judge = anything): Promise<string> {
  const applied = codeOf(await applyCommit(carol, commit, judge));
  const replayed = codeOf(await followCommit(suite, await treeOf(carol), commit, judge));
  assert.equal(replayed, applied, 'whoever replays decides as members do');
  return applied;
}

test('an external commit that removes somebody else is void, though the library follows it', async () => {
  const mallory = await createAccount('mallory');
  const commit = await hostileEntry(mallory, bob, { removes: alice.leaf });
  assert.ok(await libraryFollows(carol, commit));
  assert.equal(await refusal(commit), 'not-same-key');
});

test('a second leaf of one key is void, though the library follows it', async () => {
  const commit = await hostileEntry(accountAt(1), alice, {});
  assert.ok(await libraryFollows(carol, commit));
  assert.equal(await refusal(commit), 'key-in-use');
});

test('leaves with other capabilities, extensions or credentials are void: without `basic` all later joiners fail', async () => {
  const mallory = await createAccount('mallory');
  const others: Partial<LeafNode>[] = [
    { capabilities: { ...capabilities, credentials: [] } },
    { capabilities: { ...capabilities, credentials: ['basic', 'x509'] } },
    { capabilities: { ...capabilities, proposals: [99] } },
    { capabilities: { ...capabilities, extensions: [99] } },
    { credential: { credentialType: 'basic', identity: Uint8Array.of(1, 97) } },
    { credential: { credentialType: 'x509', certificates: [] } },
  ];
  for (const leaf of others) {
    const commit = await hostileEntry(mallory, alice, { leaf });
    assert.equal(await refusal(commit), 'wrong-profile', JSON.stringify(leaf));
  }
  const blocked = await hostileEntry(mallory, alice, { leaf: others[0] ?? {} });
  assert.ok(await libraryFollows(carol, blocked));
});

test('keys that nobody can encrypt to are void, though the library follows them: nobody could commit any more', async () => {
  const spoilt = (at: number, byte: number) => withPublicKeys((key) => key.slice().fill(byte, at));
  const mallory = await createAccount('mallory');
  for (const ciphers of [spoilt(0, 255), spoilt(1184, 0)]) {
    const entry = await hostileEntry(mallory, alice, { ciphers });
    assert.ok(await libraryFollows(carol, entry));
    assert.equal(await refusal(entry), 'wrong-profile');
    const rotation = await hostileCommit(bob, 'rotate', {}, { ciphers });
    assert.ok(await libraryFollows(carol, rotation));
    assert.equal(await refusal(rotation), 'wrong-profile');
  }
});

test('a KEM key that the tree has already is void, though the library follows it: nobody could enter any more', async () => {
  const leaf = bob[mls].state.ratchetTree[2 * alice.leaf] ?? assert.fail();
  const copied = kemKeyOf(leaf);
  let keys = 0;
  const ciphers = withPublicKeys((key) => (keys++ === 0 ? copied : key));
  const commit = await hostileCommit(bob, 'rotate', {}, { ciphers });
  assert.ok(await libraryFollows(carol, commit));
  assert.equal(await refusal(commit), 'key-in-use');
});

test('a path without the ciphertexts of some members is void for all of them', async () => {
  const commit = await hostileCommit(bob, 'rotate', {}, { ciphers: withoutCiphertexts() });
  assert.equal(await refusal(commit), 'wrong-profile');
  const honest = value(await prepareRotation(bob, commitData())).commit;
  const fewer = altered(honest, (message) => {
    const { content } = message;
    if (content.contentType !== 'commit' || content.commit.path === undefined) return message;
    const { path } = content.commit;
    const nodes = path.nodes.map((node) => ({ ...node, encryptedPathSecret: [] }));
    return {
      ...message,
      content: { ...content, commit: { ...content.commit, path: { ...path, nodes } } },
    };
  });
  assert.equal(await refusal(fewer), 'wrong-profile');
});

test('a member keeps key and name: another of either is void, though the library follows it', async () => {
  const { state } = bob[mls];
  const renamedTree = (change: Partial<LeafNode>) =>
    state.ratchetTree.map((node, at) =>
      at === 2 * bob.leaf && node?.nodeType === 'leaf'
        ? { ...node, leaf: { ...node.leaf, ...change } as LeafNode }
        : node,
    );
  const credential = groupCredentialOf({ ...accountAt(0).identity });
  const renamed = await hostileCommit(
    bob,
    'rotate',
    {},
    { state: { ratchetTree: renamedTree({ credential }) } },
  );
  assert.ok(await libraryFollows(carol, renamed));
  assert.equal(await refusal(renamed), 'not-same-key');
  const mallory = await createAccount('mallory');
  const rekeyed = await hostileCommit(
    bob,
    'rotate',
    {},
    {
      state: { ratchetTree: renamedTree({ signaturePublicKey: mallory.device.publicKey }) },
    },
  );
  assert.equal(await refusal(rekeyed), 'not-same-key');
});

test('Add, Update, PSK, extension changes, and proposals by reference are void', async () => {
  const pending = await createKeyPackage(suite, accountAt(0).device, 'erin', Date.now());
  const { open: keyPackage } = pending[mls];
  const honest = value(await prepareRotation(bob, commitData())).commit;
  const own = await createOwnLeaf(suite, accountAt(1).device, accountAt(1).identity);
  const leafNode = { ...own.open.leafNode, leafNodeSource: 'update' as const };
  const preSharedKeyId = {
    psktype: 'external' as const,
    pskId: Uint8Array.of(1),
    pskNonce: new Uint8Array(64),
  };
  const proposals = [
    { proposalType: 'add' as const, add: { keyPackage } },
    { proposalType: 'psk' as const, psk: { preSharedKeyId } },
    { proposalType: 'update' as const, update: { leafNode } },
    {
      proposalType: 'group_context_extensions' as const,
      groupContextExtensions: { extensions: [] },
    },
    {
      proposalType: 'reinit' as const,
      reinit: {
        groupId: Uint8Array.of(1),
        version: 'mls10' as const,
        cipherSuite: suite[mls].name,
        extensions: [],
      },
    },
  ].map((proposal) => ({ proposalOrRefType: 'proposal' as const, proposal }));
  const reference = { proposalOrRefType: 'reference' as const, reference: new Uint8Array(64) };
  for (const one of [...proposals, reference]) {
    const commit = altered(honest, (message) =>
      message.content.contentType !== 'commit'
        ? message
        : {
            ...message,
            content: {
              ...message.content,
              commit: { ...message.content.commit, proposals: [one] },
            },
          },
    );
    assert.equal(await refusal(commit), 'wrong-profile', Object.keys(one).join());
  }
});

test('a commit without a path, or with other data beside it than it does, is void', async () => {
  const honest = value(await prepareRotation(bob, commitData())).commit;
  const pathless = altered(honest, (message) =>
    message.content.contentType !== 'commit'
      ? message
      : { ...message, content: { ...message.content, commit: { proposals: [], path: undefined } } },
  );
  assert.equal(await refusal(pathless), 'wrong-profile');
  const says = (kind: 'enter' | 'remove') => hostileCommit(bob, kind);
  assert.equal(await refusal(await says('remove')), 'wrong-profile');
  assert.equal(await refusal(await says('enter')), 'wrong-profile');
  const bare = { authenticatedData: new Uint8Array(0) };
  assert.equal(await refusal(await hostileCommit(bob, 'rotate', bare)), 'wrong-profile');
  const mallory = await createAccount('mallory');
  const data = encodeCommitData({ ...commitData(), kind: 'rotate' });
  assert.equal(await refusal(await hostileEntry(mallory, alice, { data })), 'wrong-profile');
});

test('removing a blank leaf, one twice, or oneself is void', async () => {
  const honest = value(await prepareRemoval(bob, [alice.leaf], commitData())).commit;
  const removing = (...gone: readonly number[]) =>
    altered(honest, (message) =>
      message.content.contentType !== 'commit'
        ? message
        : {
            ...message,
            content: {
              ...message.content,
              commit: {
                ...message.content.commit,
                proposals: gone.map((removed) => ({
                  proposalOrRefType: 'proposal' as const,
                  proposal: { proposalType: 'remove' as const, remove: { removed } },
                })),
              },
            },
          },
    );
  assert.equal(await refusal(removing(9)), 'no-such-leaf');
  assert.equal(await refusal(removing(1000)), 'no-such-leaf');
  assert.equal(await refusal(removing(0, 0)), 'no-such-leaf');
  assert.equal(await refusal(removing(bob.leaf)), 'no-such-leaf');
  assert.equal(codeOf(await prepareRemoval(bob, [9], commitData())), 'no-such-leaf');
  assert.equal(codeOf(await prepareRemoval(bob, [0, 0], commitData())), 'no-such-leaf');
  assert.equal(codeOf(await prepareRemoval(bob, [bob.leaf], commitData())), 'no-such-leaf');
  assert.equal(codeOf(await prepareRemoval(bob, [], commitData())), 'no-such-leaf');
});

test('the judge sees who does what to whom, and a change that it refuses is void', async () => {
  const erin = await createAccount('erin');
  const { commit } = await prepareEntry(erin, alice);
  const seen: string[] = [];
  const judge = (change: Parameters<typeof anything>[0]): string | undefined => {
    const gone = change.kind === 'remove' ? change.removed : [];
    seen.push(
      [change.kind, change.by.identity.name, ...gone.map((leaf) => leaf.identity.name)].join(' '),
    );
    return 'not admitted';
  };
  assert.equal(await refusal(commit, judge), 'not-allowed');
  const removal = value(
    await prepareRemoval(bob, [alice.leaf, memberAt(party, 3).leaf], commitData()),
  );
  assert.equal(await refusal(removal.commit, judge), 'not-allowed');
  assert.deepEqual(new Set(seen), new Set(['enter erin', 'remove bob alice dave']));
});

test('repeats, commits of other groups, of earlier and of later epochs have their codes', async () => {
  const other = await gather('alice', 'bob');
  const first = value(await prepareRotation(memberAt(other, 0), commitData()));
  assert.equal(await refusal(first.commit), 'other-group');
  const next = await follow(memberAt(other, 1), first.commit);
  assert.equal(codeOf(await applyCommit(next, first.commit, anything)), 'stale-epoch');
  const second = value(await prepareRotation(next, commitData()));
  assert.equal(
    codeOf(await applyCommit(memberAt(other, 0), second.commit, anything)),
    'future-epoch',
  );
});

test('every altered byte and every truncation of a commit is refused, and the session lives on', async () => {
  const two = await gather('alice', 'bob');
  const mallory = await createAccount('mallory');
  const entry = (await prepareEntry(mallory, memberAt(two, 0))).commit;
  const rotation = value(await prepareRotation(memberAt(two, 0), commitData())).commit;
  for (const commit of [entry, rotation]) {
    for (let at = 0; at < commit.length; at += 41) {
      const changed = commit.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      assert.notEqual(
        codeOf(await applyCommit(memberAt(two, 1), changed, anything)),
        'none',
        `${at}`,
      );
      const cut = commit.subarray(0, at);
      assert.equal(codeOf(await applyCommit(memberAt(two, 1), cut, anything)), 'malformed');
    }
  }
  const bobNow = await follow(memberAt(two, 1), entry);
  assert.deepEqual(
    members(bobNow).map(({ identity }) => identity.name),
    ['alice', 'bob', 'mallory'],
  );
});

test('after all these the group goes on', async () => {
  const rested: Party = party;
  await talk(rested);
});

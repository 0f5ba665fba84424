// The promise of a kick, tried with the real state of the one who was kicked and everything that a server holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicMessageOf } from '../../../test/support/hostile-group.ts';
import {
  anything,
  codeOf,
  createAccount,
  enter,
  gather,
  heard,
  memberAt,
  openBytes,
  remove,
  rotate,
  say,
  suite,
  talk,
  value,
  type Party,
} from '../../../test/support/group.ts';
import { concatBytes, encodeUtf8 } from '../../lib/bytes.ts';
import {
  emptyPskIndex,
  encodeGroupContext,
  mls,
  processPrivateMessage,
  processPublicMessage,
  type ClientState,
  type GroupContext,
} from '../mls.ts';
import { readGroupMessage } from './group-message.ts';
import { publicGroup, type GroupSession } from './group-session.ts';
import { changedParts } from './storage/session-parts.ts';
import { decodeGroupSession } from './storage/stored-session.ts';
import { followCommit } from './replay.ts';

/** A session of its own with the same secrets, as a thief copies it, or a hostile client keeps it. */
async function copyOf(party: Party, at: number): Promise<GroupSession> {
  const session = memberAt(party, at);
  const { device, identity } = party.accounts[at] ?? assert.fail();
  const parts = changedParts(undefined, session).map(({ part, bytes }) => ({
    part,
    bytes: (bytes ?? assert.fail()).slice(),
  }));
  return value(await decodeGroupSession(suite, device, identity, parts));
}

/** The context in which the secrets of `commit`'s path were encrypted, which everybody can reckon. */
interface RecordedCommit {
  readonly commit: Uint8Array;
  readonly after: GroupContext;
}

/** How many path secrets of `commits` one of the private keys in `state` opens. */
async function openedSecrets(
  state: ClientState,
  commits: readonly RecordedCommit[],
): Promise<number> {
  const { hpke } = suite[mls];
  const keys = await Promise.all(
    Object.values(state.privatePath.privateKeys).map((key) => hpke.importPrivateKey(key)),
  );
  let opened = 0;
  for (const { commit, after } of commits) {
    const { content } = publicMessageOf(commit);
    const nodes = content.contentType === 'commit' ? (content.commit.path?.nodes ?? []) : [];
    // The context of the epoch that the commit begins, before its transcript is known [RFC 9420 §7.6].
    const before = recordedBefore.get(commit) ?? assert.fail();
    const context = encodeGroupContext({ ...before, epoch: after.epoch, treeHash: after.treeHash });
    const info = labelled('UpdatePathNode', context);
    for (const { encryptedPathSecret } of nodes) {
      for (const { kemOutput, ciphertext } of encryptedPathSecret) {
        for (const key of keys) {
          const secret = await hpke.open(key, kemOutput, ciphertext, info).catch(() => undefined);
          if (secret !== undefined) opened += 1;
        }
      }
    }
  }
  return opened;
}

const recordedBefore = new Map<Uint8Array, GroupContext>();

/** [RFC 9420 §5.1.3] the info with which a label and a context are encrypted. */
function labelled(label: string, context: Uint8Array): Uint8Array {
  const name = encodeUtf8(`MLS 1.0 ${label}`);
  assert.ok(context.length < 16_384);
  const length = Uint8Array.of(0x40 | (context.length >> 8), context.length & 255);
  return concatBytes(Uint8Array.of(name.length), name, length, context);
}

test('whoever was kicked decrypts nothing that is sealed after it, with the real state and everything recorded', async () => {
  let party: Party = await talk(await gather('alice', 'bob', 'mallory', 'carol', 'dave'));
  party = await rotate(party, 2);
  const before = await say(memberAt(party, 0), 'before the kick');
  party = { ...party, sessions: [before.session, ...party.sessions.slice(1)] };
  const thief = await copyOf(party, 2);
  const member = await copyOf(party, 1);

  const commits: RecordedCommit[] = [];
  const sealed: Uint8Array[] = [];
  const record = async (next: Party): Promise<Party> => {
    const commit = next.commits.at(-1) ?? assert.fail();
    recordedBefore.set(commit, publicGroup(memberAt(party, 0))[mls].context);
    commits.push({ commit, after: publicGroup(memberAt(next, 0))[mls].context });
    const said = await say(memberAt(next, 0), `said ${commits.length}`);
    sealed.push(said.bytes);
    return { ...next, sessions: [said.session, ...next.sessions.slice(1)] };
  };
  // What was begun with a session is used up as the party goes on, so contexts are taken before each step.
  const steps: ((now: Party) => Promise<Party>)[] = [
    (now) => remove(now, 0, [2]),
    (now) => rotate(now, 2),
    async (now) => enter(now, await createAccount('erin')),
    (now) => rotate(now, 1),
    (now) => remove(now, 1, [3]),
  ];
  for (const step of steps) party = await record(await step(party));

  // The copies are whole: what was said before opens, and a member's copy opens path secrets of the kick.
  assert.equal(heard(value(await openBytes(thief, before.bytes))), 'alice: before the kick');
  assert.ok((await openedSecrets(member[mls].state, commits.slice(0, 1))) > 0);

  assert.equal(await openedSecrets(thief[mls].state, commits), 0);
  for (const bytes of sealed) {
    assert.notEqual(codeOf(await openBytes(thief, bytes)), 'none');
    const read = value(readGroupMessage(bytes));
    const { state } = thief[mls];
    for (const { after } of [...commits, { after: state.groupContext }]) {
      // As if the old keys were those of any later epoch.
      const groupContext = { ...after, epoch: BigInt(read.epoch) };
      const { ratchetTree, secretTree } = memberAt(party, 0)[mls].state;
      const width = Math.max(ratchetTree.length, secretTree.length);
      const padded = Array.from(
        { length: width },
        (_, at) => state.secretTree[at] ?? state.secretTree[0] ?? assert.fail(),
      );
      const lies = { ...state, groupContext, ratchetTree, secretTree: padded };
      await assert.rejects(processPrivateMessage(lies, read[mls], emptyPskIndex, suite[mls]));
    }
  }
  // Nor does a client that ignores its removal get any further with the commits.
  let outside = publicGroup(thief);
  for (const { commit, after } of commits) {
    const { state } = thief[mls];
    const { context, confirmationTag, tree } = outside[mls];
    const lies = { ...state, groupContext: context, confirmationTag, ratchetTree: tree };
    const processed = await processPublicMessage(
      lies,
      publicMessageOf(commit),
      emptyPskIndex,
      suite[mls],
    ).catch(() => undefined);
    const secret = processed?.newState.keySchedule.senderDataSecret;
    assert.ok(
      secret === undefined || processed?.newState.groupActiveState.kind === 'removedFromGroup',
    );
    outside = value(await followCommit(suite, outside, commit, anything)).group;
    assert.deepEqual(outside[mls].context, after);
  }
  await talk(party);
});

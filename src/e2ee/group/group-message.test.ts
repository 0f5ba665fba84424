import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApplicationMessage } from '../mls.ts';
import {
  codeOf,
  commitData,
  createAccount,
  enter,
  follow,
  gather,
  heard,
  memberAt,
  openBytes,
  prepareEntry,
  remove,
  rotate,
  say,
  talk,
  value,
  type Party,
} from '../../../test/support/group.ts';
import { encodeUtf8 } from '../../lib/bytes.ts';
import { encodeMessage } from '../codec.ts';
import { mls } from '../mls.ts';
import { maxPlaintextBytes } from '../padded-sizes.ts';
import { encodeMessageData } from './authenticated-data.ts';
import { prepareRotation } from './commits.ts';
import { openInGroup, readGroupMessage, sealInGroup } from './group-message.ts';
import { adopt } from './pending-commit.ts';

const data = { on: 7, textId: new Uint8Array(16).fill(3) };

test('every length opens, with the data beside it; short ones all have one size on the wire', async () => {
  const party = await gather('alice', 'bob');
  let [a, b] = [memberAt(party, 0), memberAt(party, 1)];
  const sizes = new Map<number, number>();
  for (const length of [0, 1, 251, 252, 253, 5000, maxPlaintextBytes]) {
    const content = new Uint8Array(length).fill(length % 251);
    const sealed = await sealInGroup(a, content, data);
    sizes.set(length, sealed.bytes.length);
    const read = value(readGroupMessage(sealed.bytes));
    assert.deepEqual([read.groupId, read.epoch, read.data], [a.groupId, a.epoch, data]);
    const opened = value(await openInGroup(b, read));
    assert.deepEqual([opened.content, opened.data], [content, data]);
    [a, b] = [sealed.session, opened.session];
  }
  assert.equal(new Set([0, 1, 251, 252].map((length) => sizes.get(length))).size, 1);
});

test('a late message of the two epochs before opens; an older one does not, however many epochs pass: the library keeps all where it is told to keep none', async () => {
  let party = await gather('alice', 'bob', 'carol');
  const sealed: Uint8Array[] = [];
  for (let round = 0; round < 5; round++) {
    sealed.push((await say(memberAt(party, 2), `round ${round}`)).bytes);
    party = await rotate(party, 1);
  }
  const [oldest, older, old, late, last] = sealed;
  let alice = memberAt(party, 0);
  for (const gone of [oldest, older, old]) {
    assert.equal(codeOf(await openBytes(alice, gone ?? assert.fail())), 'stale-epoch');
  }
  for (const [round, kept] of [
    [3, late],
    [4, last],
  ] as const) {
    const opened = value(await openBytes(alice, kept ?? assert.fail()));
    assert.equal(heard(opened), `carol: round ${round}`);
    assert.equal(codeOf(await openBytes(opened.session, kept ?? assert.fail())), 'already-read');
    alice = opened.session;
  }
  assert.equal(alice[mls].past.length, 2);
  assert.equal(alice[mls].state.historicalReceiverData.size, 0);
});

test('a late message of somebody who has been removed does not open, though the library opens it', async () => {
  const party = await gather('alice', 'bob', 'carol');
  const { bytes } = await say(memberAt(party, 1), 'one more thing');
  const next = await remove(party, 0, [1]);
  assert.equal(codeOf(await openBytes(memberAt(next, 0), bytes)), 'sender-out');
  assert.equal(codeOf(await openBytes(memberAt(next, 1), bytes)), 'sender-out');
});

test('the sender is looked up in the tree of the message: leaves are given again', async () => {
  let party: Party = await remove(await gather('alice', 'bob', 'carol'), 0, [1]);
  const carol = memberAt(party, 1);
  const { bytes } = await say(carol, 'from leaf two');
  assert.equal(carol.leaf, 2);
  const account = party.accounts[1] ?? assert.fail();
  // Carol comes back and gets the leaf that bob had; dave gets the one that carol had.
  const { commit, pending } = await prepareEntry(account, memberAt(party, 0));
  const alice = await follow(memberAt(party, 0), commit);
  party = { ...party, sessions: [alice, value(adopt(undefined, pending))] };
  party = await enter(party, await createAccount('dave'));
  assert.deepEqual(
    party.sessions.map(({ leaf }) => leaf),
    [0, 1, 2],
  );
  const opened = value(await openBytes(memberAt(party, 0), bytes));
  assert.equal(heard(opened), 'carol: from leaf two');
  assert.equal(opened.sender.leaf, 2);
  await talk(party);
});

test('own messages, messages of other groups and epochs, and other kinds have their codes', async () => {
  const party = await gather('alice', 'bob');
  const other = await gather('alice', 'bob');
  const [a, b] = [memberAt(party, 0), memberAt(party, 1)];
  const mine = await say(a, 'mine');
  assert.equal(codeOf(await openBytes(mine.session, mine.bytes)), 'own-message');
  assert.equal(codeOf(await openBytes(memberAt(other, 1), mine.bytes)), 'other-group');
  const next = await rotate(party, 0);
  const future = await say(memberAt(next, 0), 'later');
  assert.equal(
    codeOf(await openBytes(memberAt(await gather('x', 'y'), 1), future.bytes)),
    'other-group',
  );
  const behind = await gather('alice', 'bob', 'carol');
  const { commit, pending } = value(await prepareRotation(memberAt(behind, 0), commitData()));
  const ahead = await say(value(adopt(memberAt(behind, 0), pending)), 'ahead');
  assert.equal(codeOf(await openBytes(memberAt(behind, 1), ahead.bytes)), 'future-epoch');
  assert.equal(codeOf(await openBytes(b, commit)), 'wrong-kind');
  assert.equal(codeOf(await openBytes(b, encodeUtf8('hello'))), 'malformed');
});

test('an own message from a copy of the own state, further on than this one, is told as one’s own', async () => {
  const party = await gather('alice', 'bob');
  const a = memberAt(party, 0);
  const copied = { ...a, [mls]: { ...a[mls], state: structuredCloneState(a) } };
  const first = await say(copied, 'first');
  const second = await say(first.session, 'second');
  assert.equal(codeOf(await openBytes(a, second.bytes)), 'own-message');
});

/** A state whose secrets are copies: what seals with it wipes nothing of `session`. */
function structuredCloneState({ [mls]: { state } }: ReturnType<typeof memberAt>): typeof state {
  const { clientConfig, signaturePrivateKey, ...rest } = state;
  return { ...structuredClone(rest), clientConfig, signaturePrivateKey };
}

test('a message without our padding, or with other data beside it, is refused, and costs the sender’s next one nothing', async () => {
  const party = await gather('alice', 'bob');
  const { suite: ciphers, state } = memberAt(party, 0)[mls];
  const sealWith = async (content: Uint8Array, beside: Uint8Array): Promise<Uint8Array> => {
    const made = await createApplicationMessage(
      structuredCloneState(memberAt(party, 0)),
      content,
      ciphers,
      beside,
    );
    const { privateMessage } = made;
    return encodeMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage });
  };
  assert.equal(state.groupContext.epoch, 1n);
  const bob = memberAt(party, 1);
  const bare = await sealWith(encodeUtf8('no padding'), encodeMessageData(data));
  assert.equal(codeOf(await openBytes(bob, bare)), 'unreadable');
  const besides = await sealWith(new Uint8Array(256), Uint8Array.of(1));
  assert.equal(codeOf(await openBytes(bob, besides)), 'not-a-text');
  const said = await say(memberAt(party, 0), 'with padding');
  assert.equal(heard(value(await openBytes(bob, said.bytes))), 'alice: with padding');
});

test('every altered byte and every truncation is refused, and the session lives on', async () => {
  const party = await gather('alice', 'bob');
  const { bytes } = await say(memberAt(party, 0), 'hello');
  const bob = memberAt(party, 1);
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice();
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
    assert.notEqual(codeOf(await openBytes(bob, changed)), 'none', `byte ${at}`);
    assert.notEqual(codeOf(await openBytes(bob, bytes.subarray(0, at))), 'none');
  }
  assert.equal(heard(value(await openBytes(bob, bytes))), 'alice: hello');
});

test('no key of an overtaken message stays behind: what the library keeps opens everything later', async () => {
  const party = await gather('alice', 'bob');
  const first = await say(memberAt(party, 0), 'first');
  const second = await say(first.session, 'second');
  const opened = value(await openBytes(memberAt(party, 1), second.bytes));
  assert.equal(codeOf(await openBytes(opened.session, first.bytes)), 'already-read');
  const ratchets = opened.session[mls].state.secretTree.map(({ application }) => application);
  assert.ok(ratchets.every(({ unusedGenerations }) => Object.keys(unusedGenerations).length === 0));
});

test('a used session is wiped: a thief of old memory opens nothing and seals nothing', async () => {
  const party = await gather('alice', 'bob', 'carol');
  const { bytes } = await say(memberAt(party, 0), 'hello');
  const old = memberAt(party, 1);
  const opened = value(await openBytes(old, bytes));
  assert.equal(codeOf(await openBytes(old, bytes)), 'unreadable');
  assert.ok(opened.session !== old);
  const next = await rotate(party, 0);
  const { keySchedule } = memberAt(party, 1)[mls].state;
  const kept = Object.values(keySchedule) as Uint8Array[];
  assert.ok(
    kept.every((secret) => secret.every((byte) => byte === 0)),
    'the old epoch is wiped',
  );
  await talk(next);
});

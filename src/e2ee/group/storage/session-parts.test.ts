import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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
  suite,
  talk,
  value,
  type Account,
  type Party,
} from '../../../../test/support/group.ts';
import { equalBytes } from '../../../lib/bytes.ts';
import type { Result } from '../../../lib/result.ts';
import { encodeDevice } from '../../device.ts';
import { mls } from '../../mls.ts';
import { prepareRemoval, prepareRotation } from '../commits.ts';
import { epochDigits } from '../group-info.ts';
import type { GroupSession } from '../group-session.ts';
import { adopt } from '../pending-commit.ts';
import { decodePending, encodePending } from './pending-record.ts';
import { changedParts, removedParts, type SessionPart } from './session-parts.ts';
import {
  decodeGroupSession,
  type StoredPart,
  type StoredSessionRefusal,
} from './stored-session.ts';

/** What a store holds after `parts` were written to it, in copies: sessions wipe what they use up. */
class PartStore {
  readonly #parts = new Map<string, Uint8Array>();
  writtenBytes = 0;

  write(parts: readonly SessionPart[]): void {
    this.writtenBytes = 0;
    for (const { part, bytes } of parts) {
      this.writtenBytes += part.length + (bytes?.length ?? 0);
      if (bytes === undefined) assert.ok(this.#parts.delete(part), part);
      else this.#parts.set(part, bytes.slice());
    }
  }

  get parts(): StoredPart[] {
    return [...this.#parts].map(([part, bytes]) => ({ part, bytes }));
  }

  read(who: Account): Promise<Result<GroupSession, StoredSessionRefusal>> {
    return decodeGroupSession(suite, who.device, who.identity, this.parts);
  }
}

const accountAt = (party: Party, at: number): Account => party.accounts[at] ?? assert.fail();

/** The session as it comes back from parts written to an empty store. */
async function again(session: GroupSession, who: Account): Promise<GroupSession> {
  const store = new PartStore();
  store.write(changedParts(undefined, session));
  const read = value(await store.read(who));
  const rest = changedParts(undefined, read);
  assert.deepEqual(
    new Map(rest.map((one) => [one.part, one.bytes])),
    new Map(changedParts(undefined, session).map((one) => [one.part, one.bytes])),
  );
  return read;
}

test('a group goes on through its parts: whatever happens, what changed is enough, and nothing is left over', async () => {
  const step = fc.constantFrom('enter', 'remove', 'rotate', 'talk', 'restart');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
      let party = await gather('alice', 'bob', 'carol');
      const store = new PartStore();
      let stored: GroupSession | undefined;
      const keep = (): void => {
        store.write(changedParts(stored, memberAt(party, 1)));
        stored = memberAt(party, 1);
      };
      keep();
      for (const [number, what] of steps.entries()) {
        if (what === 'enter') party = await enter(party, await createAccount(`user${number}`));
        else if (what === 'remove' && party.sessions.length > 2)
          party = await remove(party, 0, [2]);
        else if (what === 'rotate') party = await rotate(party, number % party.sessions.length);
        else if (what === 'talk') party = await talk(party);
        keep();
        if (what !== 'restart') continue;
        stored = value(await store.read(accountAt(party, 1)));
        const sessions = party.sessions.map((session, at) => (at === 1 ? stored : session));
        party = { ...party, sessions: sessions as GroupSession[] };
      }
      const fresh = new PartStore();
      fresh.write(changedParts(undefined, memberAt(party, 1)));
      const byName = (a: StoredPart, b: StoredPart): number => (a.part < b.part ? -1 : 1);
      assert.deepEqual(store.parts.sort(byName), fresh.parts.sort(byName));
      value(await store.read(accountAt(party, 1)));
      await talk(party);
    }),
    { numRuns: 3 },
  );
});

test('a message writes at most 200 bytes, sent or received, also of an epoch that is over', async () => {
  const party = await gather(...Array.from({ length: 6 }, (_, at) => `user${at}`));
  const late = await say(memberAt(party, 5), 'late');
  const next = await rotate({ ...party }, 0);
  let session = memberAt(next, 1);
  const store = new PartStore();
  store.write(changedParts(undefined, session));
  const said = await say(session, 'x'.repeat(5000));
  store.write(changedParts(session, said.session));
  assert.ok(store.writtenBytes <= 200, `${store.writtenBytes} bytes for a sent message`);
  session = said.session;
  for (const bytes of [(await say(memberAt(next, 3), 'now')).bytes, late.bytes]) {
    const opened = value(await openBytes(session, bytes));
    store.write(changedParts(session, opened.session));
    assert.ok(store.writtenBytes <= 200, `${store.writtenBytes} bytes for a received message`);
    session = opened.session;
  }
  const read = value(await store.read(accountAt(next, 1)));
  assert.equal(codeOf(await openBytes(read, late.bytes)), 'already-read');
});

test('the parts of a device hold neither its signing key nor what opened a message that was read', async () => {
  let party = await gather('alice', 'bob', 'carol');
  const before = new PartStore();
  before.write(changedParts(undefined, memberAt(party, 1)));
  const said = await say(memberAt(party, 0), 'once');
  const opened = value(await openBytes(memberAt(party, 1), said.bytes));
  party = { ...party, sessions: [said.session, opened.session, memberAt(party, 2)] };
  party = await rotate(party, 2);
  const { device } = accountAt(party, 1);
  const store = new PartStore();
  store.write(changedParts(undefined, memberAt(party, 1)));
  const holds =
    (secret: Uint8Array) =>
    (bytes: Uint8Array): boolean =>
      bytes.some((_, at) => equalBytes(bytes.subarray(at, at + secret.length), secret));
  assert.ok(holds(device[mls].signKey)(encodeDevice(device)), 'the search finds a key');
  const bytes = store.parts.map((part) => part.bytes);
  assert.ok(!bytes.some(holds(device[mls].signKey)));
  const used = before.parts.find(({ part }) => part.startsWith('keys.2.0'))?.bytes.slice(4);
  assert.ok(used !== undefined && !bytes.some(holds(used)));
});

test('what was removed leaves nothing, and another session of the group takes its place', async () => {
  const party = await talk(await gather('alice', 'bob'));
  const store = new PartStore();
  store.write(changedParts(undefined, memberAt(party, 1)));
  const bob = accountAt(party, 1);
  const { pending } = await prepareEntry(bob, memberAt(party, 0));
  const entered = value(adopt(undefined, pending));
  store.write(changedParts(memberAt(party, 1), entered));
  assert.equal(epochDigits(value(await store.read(bob))), epochDigits(entered));
  store.write(removedParts(entered));
  assert.deepEqual(store.parts, []);
});

test('parts of others, missing, foreign, truncated, lengthened and altered ones are refused or harmless', async () => {
  const party = await rotate(await talk(await gather('alice', 'bob', 'carol')), 0);
  const session = memberAt(party, 1);
  const bob = accountAt(party, 1);
  const store = new PartStore();
  store.write(changedParts(undefined, session));
  const { parts } = store;
  const read = (changed: readonly StoredPart[]): Promise<string> =>
    decodeGroupSession(suite, bob.device, bob.identity, changed).then(codeOf);
  assert.equal(codeOf(await store.read(accountAt(party, 0))), 'other-device');
  const renamed = { ...bob, identity: { ...bob.identity, name: 'bobby' } };
  assert.equal(codeOf(await store.read(renamed)), 'other-device');
  assert.equal(await read([]), 'malformed');
  assert.equal(await read([...parts, { part: 'node.9999', bytes: Uint8Array.of(1) }]), 'malformed');
  assert.equal(await read([...parts, { part: 'other', bytes: Uint8Array.of(1) }]), 'malformed');
  for (const [at, { part, bytes }] of parts.entries()) {
    const others = parts.filter((_, other) => other !== at);
    assert.equal(await read(others), 'malformed', `without ${part}`);
    for (const changed of [bytes.subarray(0, -1), Uint8Array.of(...bytes, 0), bytes.subarray(1)]) {
      assert.equal(await read([...others, { part, bytes: changed }]), 'malformed', part);
    }
  }
  const core = parts.find(({ part }) => part === 'core') ?? assert.fail();
  for (let at = 0; at < core.bytes.length; at += 7) {
    const bytes = core.bytes.slice();
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    await read([...parts.filter(({ part }) => part !== 'core'), { part: 'core', bytes }]);
  }
  await again(session, bob);
});

test('a pending commit survives a restart, messages in between included, and serves its session alone', async () => {
  const party = await gather('alice', 'bob', 'carol');
  const bob = accountAt(party, 1);
  const session = memberAt(party, 1);
  const { commit, pending } = value(await prepareRotation(session, commitData()));
  const record = encodePending(session, pending);
  const said = await say(session, 'still in the old epoch');
  const heardIt = value(await openBytes(memberAt(party, 0), said.bytes));
  const restarted = await again(said.session, bob);
  const read = value(await decodePending(suite, bob.device, bob.identity, restarted, record));
  const after = value(adopt(restarted, read));
  const alice = await follow(heardIt.session, commit);
  assert.equal(epochDigits(after), epochDigits(alice));
  const late = await say(memberAt(party, 2), 'late');
  assert.equal(heard(value(await openBytes(after, late.bytes))), 'carol: late');
  await talk({ ...party, sessions: [alice, after], accounts: party.accounts.slice(0, 2) });

  const twice = await decodePending(suite, bob.device, bob.identity, after, record);
  assert.equal(codeOf(twice), 'not-next');
  assert.equal(codeOf(adopt(after, read)), 'not-next');
  for (let length = 0; length < record.length; length += 97) {
    const cut = record.subarray(0, length);
    const decoded = await decodePending(suite, bob.device, bob.identity, restarted, cut);
    assert.notEqual(codeOf(decoded), 'none', `${length} bytes`);
  }
});

test('a pending entry survives a restart', async () => {
  const party = await gather('alice', 'bob');
  const carol = await createAccount('carol');
  const { commit, pending } = await prepareEntry(carol, memberAt(party, 0));
  const record = encodePending(undefined, pending);
  const { device, identity } = carol;
  const read = value(await decodePending(suite, device, identity, undefined, record));
  const entered = value(adopt(undefined, read));
  const sessions = await Promise.all(party.sessions.map((session) => follow(session, commit)));
  await talk({ ...party, sessions: [...sessions, entered], accounts: [...party.accounts, carol] });
});

test('a pending removal after which the tree is narrower survives a restart', async () => {
  const party = await gather('alice', 'bob', 'carol');
  const [alice, bob] = [accountAt(party, 0), memberAt(party, 1)];
  const session = memberAt(party, 0);
  const { commit, pending } = value(await prepareRemoval(session, [2], commitData()));
  const record = encodePending(session, pending);
  const restarted = await again(session, alice);
  const { device, identity } = alice;
  const read = value(await decodePending(suite, device, identity, restarted, record));
  const sessions = [value(adopt(restarted, read)), await follow(bob, commit)];
  assert.ok(memberAt({ ...party, sessions }, 0)[mls].state.ratchetTree.length < 7);
  await talk({ ...party, accounts: party.accounts.slice(0, 2), sessions });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryPins } from '../../../../test/support/memory/memory-pins.ts';
import { Somebody } from '../../../../test/support/statements.ts';
import type { AccountChain } from '../../../wire/statements/account-chain.ts';
import type { KeyEvent } from './key-events.ts';
import { Trust } from './trust.ts';

const key = (first: number) => new Uint8Array(32).fill(first);

function scene(max: number) {
  const store = new MemoryPins();
  store.max = max;
  const told: KeyEvent[] = [];
  const explained: string[] = [];
  const types = () => told.splice(0).map(({ type }) => type);
  const login = (user: string, chain?: () => AccountChain) =>
    new Trust(user, store, (event) => void told.push(event), {
      find: async () => chain?.(),
      isTheirs: async () => true,
      explained: () => void explained.push(user),
    });
  return { store, types, told, explained, login };
}

test('the key of somebody who only writes is no pin that is kept; of one who is written to it is', async () => {
  const { store, login, types } = scene(10);
  const mallory = login('mallory');
  assert.equal(await mallory.judge(key(1)), 'pinned');
  assert.deepEqual(await mallory.usableKeys(), [key(1)]);
  assert.deepEqual([store.kept.size, store.strangers.size], [0, 1]);
  // It is still distinguished from another one.
  assert.equal(await login('mallory').judge(key(2)), 'changed');
  assert.deepEqual(types(), ['key-new', 'key-changed']);
  const carol = login('carol');
  await carol.judge(key(3));
  carol.wanted();
  assert.deepEqual(await carol.usableKeys(), [key(3)]);
  assert.deepEqual([...store.kept.keys()], ['carol']);
  const dave = login('dave');
  dave.wanted();
  await dave.judge(key(4));
  const eve = login('eve');
  await eve.judge(key(5));
  assert.equal(await eve.accept(true), true);
  assert.deepEqual([...store.kept.keys()], ['carol', 'dave', 'eve']);
});

test('where no more are kept nothing is sent, loudly, and no other key passes as the first', async () => {
  const { store, login, told, types } = scene(0);
  const bob = login('bob');
  bob.wanted();
  await bob.judge(key(1));
  assert.deepEqual(told[0], {
    type: 'pin-not-stored',
    user: 'bob',
    cause: undefined,
    isFull: true,
  });
  assert.equal(bob.isBlocked, true);
  assert.equal(await bob.usableKeys(), undefined);
  types();
  // Also a person who wrote first, and in the next login, whatever the server sends.
  const carol = login('carol');
  await carol.judge(key(2));
  carol.wanted();
  assert.equal(await carol.usableKeys(), undefined);
  assert.deepEqual(types(), ['key-new', 'pin-not-stored']);
  const again = login('carol');
  again.wanted();
  assert.equal(await again.judge(key(9)), 'changed');
  assert.equal(await again.usableKeys(), undefined);
  // Once there is room, the person accepts it.
  store.max = 2;
  assert.equal(await bob.accept(false), true);
  assert.deepEqual(await bob.usableKeys(), [key(1)]);
});

test('a device that the account of a pinned key has added is theirs, and is told once', async () => {
  const { login, told, types } = scene(10);
  const bob = new Somebody('bob');
  const trust = login('bob', () => bob.account);
  trust.wanted();
  await trust.judge(bob.signer.key);
  types();
  const phone = bob.adds('his phone', 'web');
  assert.equal(await trust.judge(phone.signer.key), 'pinned');
  assert.equal(await trust.judge(phone.signer.key), 'pinned');
  const [event, ...more] = told.splice(0);
  assert.deepEqual(more, []);
  assert.ok(event?.type === 'devices-changed' && !event.isHeld);
  assert.deepEqual(
    event.changes.map(({ kind, by, device }) => [kind, by, device.form]),
    [['added', 'first', 'web']],
  );
  assert.equal((await trust.usableKeys())?.length, 2);
  // In the next run without a server, too; a key outside of the chain is a changed one as ever.
  const later = login('bob');
  assert.equal(await later.standingOf(phone.signer.key), 'pinned');
  assert.deepEqual((await later.keyInQuestion())?.key, bob.signer.key);
  assert.equal(await later.judge(new Somebody('thief').signer.key), 'changed');
  assert.deepEqual(types(), ['key-changed']);
});

test('a key that counted as a changed one while nobody showed the chain is explained by the chain, and by no other', async () => {
  const { login, types, explained } = scene(10);
  const bob = new Somebody('bob');
  const before = bob.account;
  const phone = bob.adds('his phone');
  const laptop = bob.adds('his laptop');
  const trust = login('bob');
  trust.wanted();
  await trust.judge(bob.signer.key);
  assert.equal(await trust.judge(phone.signer.key), 'changed');
  assert.equal(await trust.meet(before), true);
  assert.equal(await trust.meet(new Somebody('bob', 'thief').account), false);
  assert.equal(trust.isBlocked, true);
  assert.equal(await trust.meet(bob.account), true);
  assert.deepEqual([trust.isBlocked, explained], [false, ['bob']]);
  assert.equal((await trust.usableKeys())?.length, 3);
  assert.deepEqual(types(), ['key-new', 'key-changed', 'devices-changed']);
  // A device that is revoked by then is heard no more, and nothing waits for a word about it.
  const late = login('carol');
  await late.judge(bob.signer.key);
  await late.judge(laptop.signer.key);
  bob.revokes(laptop, 'stolen');
  assert.equal(await late.meet(bob.account), true);
  assert.deepEqual([late.isBlocked, await late.standingOf(laptop.signer.key)], [false, 'changed']);
});

test('a new device of somebody whose key was compared waits for the person, also after a restart', async () => {
  const { login, types } = scene(10);
  const bob = new Somebody('bob');
  const trust = login('bob', () => bob.account);
  await trust.judge(bob.signer.key);
  await trust.accept(true);
  const phone = bob.adds('his phone');
  assert.equal(await trust.judge(phone.signer.key), 'pinned');
  assert.equal(trust.isBlocked, true);
  assert.equal(await trust.usableKeys(), undefined);
  const later = login('bob');
  await later.pin();
  assert.equal(later.isBlocked, true);
  assert.equal(await later.standingOf(bob.signer.key), 'verified');
  assert.equal(await later.accept(false), true);
  assert.equal(later.isBlocked, false);
  assert.equal(await later.standingOf(phone.signer.key), 'verified');
  const last = login('bob');
  await last.pin();
  assert.equal(last.isBlocked, false);
  types();
});

test('a revoked device is told and trusted no more, the first one too, and the others go on', async () => {
  const { login, told, types } = scene(10);
  const bob = new Somebody('bob');
  const trust = login('bob', () => bob.account);
  trust.wanted();
  await trust.judge(bob.signer.key);
  const phone = bob.adds('his phone');
  await trust.judge(phone.signer.key);
  types();
  phone.revokes(bob, 'stolen');
  assert.equal(await trust.meet(bob.account), true);
  const [event] = told.splice(0);
  assert.ok(event?.type === 'devices-changed' && !event.isHeld);
  assert.equal(await trust.judge(bob.signer.key), 'changed');
  assert.deepEqual(types(), []);
  assert.deepEqual(await trust.usableKeys(), [phone.signer.key]);
});

test('a server cannot show another account, a fork, or one without what was seen', async () => {
  const { login, types } = scene(10);
  const bob = new Somebody('bob');
  const other = new Somebody('bob', 'bob');
  const trust = login('bob', () => other.account);
  trust.wanted();
  await trust.judge(bob.signer.key);
  const phone = bob.adds('his phone');
  assert.equal(await trust.meet(bob.account), true);
  types();
  const forged = other.adds('a key of the server');
  assert.equal(await trust.judge(forged.signer.key), 'changed');
  assert.deepEqual(types(), ['key-changed']);
  trust.keepPinned();
  assert.equal(await trust.standingOf(phone.signer.key), 'pinned');
  // What hides a link changes nothing.
  assert.equal(await trust.meet(new Somebody('bob').account), true);
  assert.equal(await trust.standingOf(phone.signer.key), 'pinned');
  assert.equal(await trust.meet(new Somebody('bob', 'thief').account), false);
  assert.deepEqual(types(), []);
});

test('somebody who was first seen at a later device is known by the root of their account from then on', async () => {
  const { store, login, types } = scene(10);
  const bob = new Somebody('bob');
  const phone = bob.adds('his phone');
  const trust = login('bob', () => bob.account);
  trust.wanted();
  await trust.judge(phone.signer.key);
  assert.equal(await trust.judge(bob.signer.key), 'pinned');
  assert.deepEqual(types(), ['key-new', 'devices-changed']);
  assert.deepEqual(store.kept.get('bob')?.key, bob.signer.key);
  // Where the person had compared that device, another root is another key.
  const carol = login('carol', () => bob.account);
  await carol.judge(phone.signer.key);
  await carol.accept(true);
  assert.equal(await carol.judge(bob.signer.key), 'changed');
});

test('a decision of another device holds here about the key that is seen here, and about no other', async () => {
  const decided = (first: number, verified: boolean, more: object = {}) => ({
    key: key(first),
    verified,
    devices: [key(first)],
    ...more,
  });
  const { login, store } = scene(10);
  const unknown = login('dora');
  assert.equal(await unknown.takeOver(decided(1, true)), true);
  assert.equal(await unknown.standingOf(key(1)), 'verified');
  assert.equal(await unknown.judge(key(2)), 'changed');

  const bob = login('bob');
  bob.wanted();
  await bob.judge(key(1));
  assert.equal(await bob.takeOver(decided(1, false)), false, 'nothing new');
  assert.equal(await bob.takeOver(decided(2, true)), false, 'another key than here');
  assert.equal(await bob.standingOf(key(1)), 'pinned');
  await bob.judge(key(2));
  assert.equal(await bob.takeOver(decided(3, true)), false, 'about a third one');
  assert.equal(bob.isBlocked, true);
  assert.equal(await bob.takeOver(decided(2, true)), true);
  assert.deepEqual([bob.isBlocked, await bob.standingOf(key(2))], [false, 'verified']);
  assert.equal(await bob.takeOver(decided(2, true)), false, 'once');
  assert.equal(await bob.takeOver(decided(2, false)), false, 'what was compared stays so');
  assert.equal(await bob.standingOf(key(2)), 'verified');
  assert.deepEqual((await bob.decision())?.key, key(2));

  await bob.judge(key(4));
  assert.equal(await bob.takeOver(decided(2, true, { refused: key(4) })), true);
  assert.deepEqual([bob.isBlocked, await bob.standingOf(key(4))], [false, 'changed']);
  assert.deepEqual([...store.kept.keys()], ['dora', 'bob']);
  const stranger = login('mallory');
  await stranger.judge(key(5));
  assert.equal(await stranger.decision(), undefined);
});

test('devices that only this one knows of wait for the person here, whatever another device has decided', async () => {
  const { login } = scene(10);
  const somebody = new Somebody('carol');
  const root = somebody.signer.key;
  const laptop = somebody.adds('laptop');
  const carol = login('carol');
  assert.equal(await carol.takeOver({ key: root, verified: true, devices: [root] }), true);
  assert.equal(await carol.meet(somebody.account), true);
  assert.equal(carol.isBlocked, true);
  const decided = { key: root, verified: true };
  assert.equal(await carol.takeOver({ ...decided, devices: [root] }), false);
  assert.equal(carol.isBlocked, true);
  const devices = [root, laptop.signer.key];
  assert.equal(await carol.takeOver({ ...decided, devices }), true);
  assert.equal(carol.isBlocked, false);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryPins } from '../../../../test/support/memory/memory-pins.ts';
import type { KeyEvent } from './key-events.ts';
import { Trust } from './trust.ts';

const key = (first: number) => new Uint8Array(32).fill(first);

function scene(max: number) {
  const store = new MemoryPins();
  store.max = max;
  const told: KeyEvent[] = [];
  const types = () => told.splice(0).map(({ type }) => type);
  const login = (user: string) => new Trust(user, store, (event) => void told.push(event));
  return { store, types, told, login };
}

test('the key of somebody who only writes is no pin that is kept; of one who is written to it is', async () => {
  const { store, login, types } = scene(10);
  const mallory = login('mallory');
  assert.equal(await mallory.judge(key(1)), 'pinned');
  assert.deepEqual(await mallory.usableKey(), key(1));
  assert.deepEqual([store.kept.size, store.strangers.size], [0, 1]);
  // It is still distinguished from another one.
  assert.equal(await login('mallory').judge(key(2)), 'changed');
  assert.deepEqual(types(), ['key-new', 'key-changed']);
  const carol = login('carol');
  await carol.judge(key(3));
  carol.wanted();
  assert.deepEqual(await carol.usableKey(), key(3));
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
  assert.equal(await bob.usableKey(), undefined);
  types();
  // Also a person who wrote first, and in the next login, whatever the server sends.
  const carol = login('carol');
  await carol.judge(key(2));
  carol.wanted();
  assert.equal(await carol.usableKey(), undefined);
  assert.deepEqual(types(), ['key-new', 'pin-not-stored']);
  const again = login('carol');
  again.wanted();
  assert.equal(await again.judge(key(9)), 'changed');
  assert.equal(await again.usableKey(), undefined);
  // Once there is room, the person accepts it.
  store.max = 2;
  assert.equal(await bob.accept(false), true);
  assert.deepEqual(await bob.usableKey(), key(1));
});

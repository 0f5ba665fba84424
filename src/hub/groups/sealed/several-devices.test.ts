// Accounts with several devices in a sealed group [12.3, 13.7]: each has a leaf of its own, and signs for itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inShort, SealedStage } from '../../../../test/support/sealed-stage.ts';
import { encodeBase64url } from '../../../lib/base64url.ts';

/** alice has founded the group, bob and carol are in. */
function begun(): SealedStage {
  const world = new SealedStage();
  for (const [at, name] of ['alice', 'bob', 'carol'].entries()) world.account(at + 1, name);
  world.found(1, 'lunch');
  world.commit(2, 'lunch', 'enter');
  world.commit(3, 'lunch', 'enter');
  world.clear(1, 2, 3);
  return world;
}

const texts = (world: SealedStage, name: string) =>
  world.person(name).links.map(({ bytes }) => encodeBase64url(bytes));

/** How many devices of somebody the roster knows. */
function devicesOf(world: SealedStage, name: string): number | undefined {
  const member = world.state('lunch').roster.members.find((one) => one.name === name);
  return member?.account.devices.length;
}

test('the line of a removal shows the devices of an account: the roster has them from there on, also after a restart', () => {
  const world = begun();
  const bob = world.person('bob');
  bob.adds('laptop');
  const [sent] = world
    .commit(1, 'lunch', 'remove', {
      removed: [2],
      records: [world.out(1, 'lunch', 'carol')],
      request: { chain: texts(world, 'bob') },
      parts: { chain: bob.account },
    })
    .slice(-1);
  assert.deepEqual(inShort([sent ?? '']), ['SENT']);
  assert.equal(devicesOf(world, 'bob'), 2);
  const line = world.stage
    .events(2)
    .find((event) => typeof event === 'object' && event.verb === 'MSG');
  assert.ok(typeof line === 'object' && line.verb === 'MSG');
  assert.deepEqual(line.chain, texts(world, 'bob'));
  world.stage = world.stage.restart();
  assert.equal(devicesOf(world, 'bob'), 2);
});

test('a leaf is due as soon as the line of its removal shows that its device is revoked', () => {
  const world = begun();
  const bob = world.person('bob');
  const laptop = bob.adds('laptop');
  laptop.revokes(bob, 'stolen');
  const removed = [1];
  assert.deepEqual(inShort(world.commit(3, 'lunch', 'remove', { removed })), ['commit-refused']);
  world.takeBack(3);
  const shown = { request: { chain: texts(world, 'bob') }, parts: { chain: bob.account } };
  const answers = world.commit(3, 'lunch', 'remove', { removed, ...shown });
  assert.deepEqual(inShort(answers), ['SENT']);
  assert.equal(world.state('lunch').commits[0]?.leaves?.[1], undefined);
});

test('a chain is refused in a line that changes nobody, and so is that of somebody who is not in', () => {
  const world = begun();
  const shown = (name: string) => ({
    request: { chain: texts(world, name) },
    parts: { chain: world.person(name).account },
  });
  assert.deepEqual(inShort(world.commit(1, 'lunch', 'rotate', shown('bob'))), ['malformed']);
  world.takeBack(1);
  const stranger = { removed: [1], ...shown('dave') };
  assert.deepEqual(inShort(world.commit(1, 'lunch', 'remove', stranger)), ['no-chain']);
});

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

/** alice, bob and carol are in, bob also with his laptop (4), which is the fourth leaf. */
function withLaptop() {
  const world = begun();
  world.chain(2);
  const laptop = world.person('bob').adds('laptop');
  world.chain(2);
  world.account(4, 'bob', true, laptop);
  assert.deepEqual(inShort(world.commit(4, 'lunch', 'enter')), ['SENT']);
  world.clear(1, 2, 3, 4);
  return { world, laptop };
}

test('a second device enters with a leaf of its own: it commits and signs by itself, and takes nobody else out', () => {
  const { world } = withLaptop();
  const leaves = () => world.state('lunch').commits[0]?.leaves?.map((leaf) => leaf?.key) ?? [];
  assert.equal(new Set(leaves()).size, 4);
  assert.equal(world.state('lunch').roster.members.length, 3);
  assert.deepEqual(inShort(world.commit(4, 'lunch', 'rotate')), ['SENT']);
  assert.deepEqual(inShort(world.commit(2, 'lunch', 'rotate')), ['MSG', 'SENT']);
  world.clear(4);
  // In place of its own leaf, and of no other one of the account.
  assert.deepEqual(inShort(world.commit(4, 'lunch', 'enter', { removed: [1] })), [
    'commit-refused',
  ]);
  world.takeBack(4);
  assert.deepEqual(inShort(world.commit(4, 'lunch', 'enter', { removed: [3] })), ['SENT']);
  assert.equal(new Set(leaves()).size, 4);
});

test('a commit and a record of one device are not taken from another one', () => {
  const { world, laptop } = withLaptop();
  const outline = { signatureKey: laptop.signer.key };
  assert.deepEqual(inShort(world.commit(2, 'lunch', 'rotate', { outline })), ['commit-refused']);
  world.takeBack(2);
  const records = [world.record(4, 'lunch', { kind: 'leave' })];
  const refused = world.commit(2, 'lunch', 'remove', { records, removed: [3] });
  assert.deepEqual(inShort(refused), ['record-refused']);
});

test('whoever is out or leaves has no leaf that may stay, and one commit takes all of them out', () => {
  const { world } = withLaptop();
  const records = [world.out(1, 'lunch', 'bob')];
  const removed = [1, 3];
  const answers = world.commit(1, 'lunch', 'remove', { records, removed });
  assert.deepEqual(inShort(answers), ['MEMBER', 'SENT']);
  const heard = [2, 4].map((connection) => inShort(world.stage.events(connection)).at(-1));
  assert.deepEqual(heard, ['LEFT', 'LEFT']);
  const { leaves } = world.state('lunch').commits[0] ?? {};
  assert.deepEqual(
    leaves?.map((leaf) => leaf !== undefined),
    [true, false, true],
  );
});

test('what a member says with one device is heard on the others', () => {
  const { world } = withLaptop();
  assert.deepEqual(inShort(world.say(4, 'lunch')), ['SENT']);
  assert.deepEqual(inShort(world.stage.events(2)), ['MSG']);
});

test('a group is not sealed while a device of a member can not take part that was here lately', () => {
  const world = new SealedStage();
  world.account(1, 'alice');
  world.account(2, 'bob');
  world.chain(2);
  const old = world.person('bob').adds('old');
  world.chain(2);
  world.stage.line(1, 'CREATE_GROUP /create_group lunch');
  world.stage.line(2, 'JOIN_GROUP /join lunch');
  world.clear(1, 2);
  world.account(3, 'bob', false, old);
  const [refused] = world.found(1, 'lunch');
  assert.ok(typeof refused === 'object' && refused.verb === 'FAILED');
  assert.deepEqual([refused.code, refused.people], ['cannot-seal', ['bob']]);
  world.takeBack(1);
  world.stage.disconnect(3);
  world.stage.pass(31 * 86_400_000);
  assert.deepEqual(inShort(world.found(1, 'lunch')).at(-1), 'SENT');
});

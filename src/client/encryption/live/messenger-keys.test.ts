import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../../../../test/support/pair.ts';
import { World, type Person } from '../../../../test/support/worlds/private-world.ts';
import { createDevice } from '../../../e2ee/device.ts';

async function acquainted(): Promise<{ world: World; alice: Person; bob: Person }> {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  alice.say('bob', 'hello');
  bob.say('alice', 'hello');
  await world.pass(1000);
  alice.events.length = 0;
  bob.events.length = 0;
  return { world, alice, bob };
}

async function newDevice(person: Person): Promise<void> {
  person.device = await createDevice(suite);
  await person.relogin();
}

function codeOf(result: { ok: true } | { ok: false; error: { code: string } }): string {
  return result.ok ? 'none' : result.error.code;
}

test('the first key is pinned and announced once, across logins', async () => {
  const { world, alice, bob } = await acquainted();
  await alice.relogin();
  await bob.relogin();
  alice.say('bob', 'again');
  await world.pass(1000);
  assert.deepEqual(bob.read(), ['alice: again']);
  assert.equal(alice.all('key-new').length + bob.all('key-new').length, 0);
});

test('a changed key: announced, nothing is sent, held texts go out on the word', async () => {
  const { world, alice, bob } = await acquainted();
  await newDevice(bob);
  const before = world.recording.length;
  const first = alice.say('bob', 'one');
  await world.pass(10_000);
  const whenBlocked = world.recording.length;
  const second = alice.say('bob', 'two');
  await world.pass(60_000);
  assert.equal(
    world.recording.length,
    whenBlocked,
    'nothing is sent or asked while texts are held',
  );
  assert.deepEqual(alice.all('key-changed'), [
    { type: 'key-changed', user: 'bob', wasVerified: false },
  ]);
  assert.deepEqual(
    alice.all('held').map(({ id }) => id),
    [first, second],
  );
  assert.deepEqual(bob.read(), []);
  const sealed = world.recording.slice(before).filter((line) => line.startsWith('alice: PM'));
  // The line sent before the change could be known was for the old key, and nobody could read it.
  assert.equal(sealed.length, 1);
  assert.equal(codeOf(await alice.messenger.trust('bob')), 'none');
  await world.pass(1000);
  assert.deepEqual(bob.read(), ['alice: one', 'alice: two']);
  assert.deepEqual(
    alice.all('delivered').map(({ id }) => id),
    [first, second],
  );
  assert.equal(codeOf(await alice.messenger.trust('bob')), 'nothing-to-decide');
});

test('a text under a changed key is shown marked, and confirmed only on the word', async () => {
  const { world, alice, bob } = await acquainted();
  await newDevice(bob);
  const id = bob.say('alice', 'it is me');
  await world.pass(3000);
  assert.deepEqual(alice.events, [
    { type: 'key-changed', user: 'bob', wasVerified: false },
    {
      type: 'text',
      from: 'bob',
      id: bob.all('sent')[0]?.id,
      text: 'it is me',
      key: 'changed',
    },
  ]);
  assert.equal(bob.all('delivered').length, 0);
  await alice.messenger.trust('bob');
  await world.pass(1000);
  assert.deepEqual(
    bob.all('delivered').map((event) => event.id),
    [id],
  );
  bob.say('alice', 'and now?');
  await world.pass(1000);
  assert.equal(alice.all('text').at(-1)?.key, 'pinned');
  assert.equal(alice.all('key-changed').length, 1);
});

test('a changed key that is not trusted gets nothing; the old one still does', async () => {
  const { world, alice, bob } = await acquainted();
  const old = bob.device;
  await newDevice(bob);
  alice.say('bob', 'for the old bob');
  await world.pass(3000);
  assert.equal(alice.all('key-changed').length, 1);
  assert.equal(codeOf(await alice.messenger.distrust('bob')), 'none');
  await world.pass(10_000);
  assert.deepEqual(bob.read(), []);
  assert.equal(alice.all('key-changed').length, 1, 'not announced again');
  assert.deepEqual(
    alice.all('not-delivered').map(({ text, reason }) => [text, reason]),
    [['for the old bob', 'cannot-encrypt']],
  );
  bob.device = old;
  await bob.relogin();
  alice.say('bob', 'there you are');
  await world.pass(20_000);
  assert.deepEqual(bob.read(), ['alice: there you are']);
});

test('safety numbers agree, are marked, and a changed key takes the mark away', async () => {
  const { world, alice, bob } = await acquainted();
  const [a, b] = [
    await alice.messenger.safetyNumber('bob'),
    await bob.messenger.safetyNumber('alice'),
  ];
  assert.ok(a.ok && b.ok);
  assert.equal(a.value.digits, b.value.digits);
  assert.deepEqual([a.value.isVerified, a.value.isChanged], [false, false]);
  assert.equal(codeOf(await alice.messenger.markVerified('bob', '00000')), 'other-key');
  assert.equal(codeOf(await alice.messenger.markVerified('bob', a.value.digits)), 'none');
  bob.say('alice', 'verified?');
  await world.pass(1000);
  assert.equal(alice.all('text').at(-1)?.key, 'verified');

  await newDevice(bob);
  bob.say('alice', 'new phone');
  await world.pass(1000);
  assert.deepEqual(alice.all('key-changed'), [
    { type: 'key-changed', user: 'bob', wasVerified: true },
  ]);
  assert.equal(alice.all('text').at(-1)?.key, 'changed');
  assert.equal(codeOf(await alice.messenger.markVerified('bob', a.value.digits)), 'other-key');
  const changed = await alice.messenger.safetyNumber('bob');
  const theirs = await bob.messenger.safetyNumber('alice');
  assert.ok(changed.ok && theirs.ok);
  assert.equal(changed.value.digits, theirs.value.digits);
  assert.deepEqual([changed.value.isVerified, changed.value.isChanged], [false, true]);
  assert.equal(codeOf(await alice.messenger.markVerified('bob', changed.value.digits)), 'none');
  alice.say('bob', 'welcome back');
  await world.pass(1000);
  assert.deepEqual(bob.read(), ['alice: welcome back']);
  assert.equal((await alice.pins.get('bob'))?.verified, true);
});

test('no key, no number', async () => {
  const world = new World();
  const alice = await world.join('alice');
  assert.equal(codeOf(await alice.messenger.safetyNumber('bob')), 'no-key');
  assert.equal(codeOf(await alice.messenger.markVerified('bob', '1')), 'no-key');
  assert.equal(codeOf(await alice.messenger.trust('bob')), 'nothing-to-decide');
});

test('a pin that cannot be stored is told, and counts for this login', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  const full = () => Promise.reject(new Error('disk full'));
  Object.assign(alice.pins, { put: full, note: full });
  alice.say('bob', 'hello');
  await world.pass(1000);
  assert.deepEqual(bob.read(), ['alice: hello']);
  assert.equal(alice.all('pin-not-stored').length, 1);
  await newDevice(bob);
  bob.say('alice', 'it is me');
  await world.pass(1000);
  assert.equal(alice.all('key-changed').length, 1);
});

test('a pin that cannot be read: nothing is sent, and nobody is trusted in its place', async () => {
  const { world, alice, bob } = await acquainted();
  await alice.relogin();
  alice.expectsFaults = true;
  alice.pins.get = () => Promise.reject(new Error('damaged'));
  const before = world.recording.length;
  alice.say('bob', 'hello?');
  await world.pass(20_000);
  assert.deepEqual(bob.read(), []);
  assert.equal(world.recording.length, before);
  assert.deepEqual(
    alice.events.map(({ type }) => type),
    ['fault', 'cannot-encrypt', 'not-delivered'],
  );
});

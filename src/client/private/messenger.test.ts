import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../../../test/support/private-world.ts';

test('[7.5] a first text makes a session, is read once, and is confirmed', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  const id = alice.say('bob', 'hello');
  await world.pass(1000);
  assert.deepEqual(bob.read(), ['alice: hello']);
  assert.deepEqual(alice.events, [
    { type: 'key-new', user: 'bob' },
    { type: 'sent', to: 'bob', id },
    { type: 'delivered', to: 'bob', id },
  ]);
  const verbs = world.recording.map((line) => line.split(' ')[0]);
  assert.deepEqual(verbs, ['REQUEST_PUBLIC_KEY', 'PUBLIC_KEY', 'PM', 'PM']);
  assert.equal(world.recording[2]?.split(' ').length, 4, 'the first one brings the session key');
  bob.say('alice', 'hi');
  alice.say('bob', 'how are you?');
  await world.pass(1000);
  assert.deepEqual(alice.read(), ['bob: hi']);
  assert.deepEqual(bob.read(), ['alice: hello', 'alice: how are you?']);
  assert.ok(world.recording.slice(4).every((line) => line.split(' ').length === 3));
});

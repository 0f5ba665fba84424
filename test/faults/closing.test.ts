// What an account sends while its connection ends waits, like anything that it sends without one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccountWorld, Person, until } from '../support/worlds/account-world.ts';
import { alice as aliceDevice } from '../support/pair.ts';
import { farewell } from '../../src/hub/turn.ts';

test('a text that is said while the server closes the connection is kept, and said once', async () => {
  const world = new AccountWorld();
  const alice = new Person(world, 'alice', aliceDevice);
  await alice.start();
  await until(world, () => alice.isIn, 'she is in');
  const said: boolean[] = [];
  const { events } = alice;
  events.push = (event) => {
    if (event.type === 'state' && event.state.phase === 'closing') {
      said.push(alice.client?.broadcast('meanwhile').ok === true);
    }
    events[events.length] = event;
    return events.length;
  };
  for (const connection of world.stage.hub.connections.keys()) {
    world.stage.run({
      type: 'evict',
      connection,
      last: farewell('server-closing'),
    });
  }
  world.guestSays('eve', 'whoever is there hears it');
  await until(world, () => said.length > 0, 'the connection ends');
  assert.deepEqual(said, [true]);
  await until(world, () => alice.isIn && alice.client?.unsent === 0, 'it is said later');
  assert.deepEqual(world.log('lobby').filter(({ text }) => text === 'meanwhile').length, 1);
  // After quitting, nothing more can be sent.
  void alice.client?.quit();
  await until(world, () => alice.client?.state.phase !== 'open', 'she leaves');
  assert.equal(alice.client?.broadcast('too late').ok, false);
  alice.kill();
});

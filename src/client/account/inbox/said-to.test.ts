// A private text goes to the device that it was said to, also where it is sent again, and to no other that has the name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../../content.ts';
import {
  type AccountWorld,
  Person,
  turns,
  until,
} from '../../../../test/support/worlds/account-world.ts';
import {
  acknowledged,
  emit,
  has,
  isSent,
  own,
  settled,
  start,
  two,
} from '../../../../test/support/worlds/account-acts.ts';
import { bob as bobDevice, suite } from '../../../../test/support/pair.ts';
import { createDevice } from '../../../e2ee/device.ts';

const notAgain = 'it was said to an earlier key of bob and is not sent again';

/** Of a text that alice has said: what is told of it, and why it is not sent. */
const toldOf = ({ events }: Person, text: string) =>
  events.flatMap((event) =>
    event.type === 'own' &&
    textOf(event.message.content) === text &&
    event.message.state === 'refused'
      ? [[event.message.code, event.message.reason]]
      : [],
  );

/** Bob's account is removed, and somebody else has the name, who writes to alice; she trusts their key. */
async function trustAnotherBob(world: AccountWorld, alice: Person): Promise<Person> {
  world.removeAccount('bob');
  const next = new Person(world, 'bob', await createDevice(suite));
  await settled(world, next);
  await until(world, () => next.store.records.packages.length > 10, 'keys are left');
  assert.ok(next.client?.privateMessage('alice', 'from the second bob').ok);
  await until(world, isSent(next), 'the second bob writes first');
  if (!alice.isRunning) await start(world, alice);
  await until(world, has(alice, 'from the second bob'), 'it is heard');
  await turns(50);
  assert.ok((await alice.client?.trust('bob'))?.ok);
  return next;
}

test('a private text that is sent again and waits for a word about another key: trusting that key does not send it there', async () => {
  const { world, alice, bob } = await two();
  const backup = world.backup();
  await emit(world, alice, bob, 'heard');
  await acknowledged(world, alice);
  bob.kill();
  await emit(world, alice, bob, 'never delivered');
  alice.kill();
  world.putBack(backup, true);
  const next = await trustAnotherBob(world, alice);
  await until(world, () => own(alice, 'never delivered')[0] === 'refused', 'it is told');
  assert.deepEqual(toldOf(alice, 'never delivered'), [['device-changed', notAgain]]);
  // What is said to the new one is sent to the new one, also what was waiting for the decision.
  await emit(world, alice, next, 'to the second bob');
  await turns(50);
  const texts = next.store.messages.map(({ content }) => textOf(content));
  assert.deepEqual(texts, ['from the second bob', 'to the second bob']);
  for (const person of [alice, next]) person.kill();
});

test('a private text to a device that is known still is sent again, over a kill in between', async () => {
  const { world, alice, bob } = await two();
  await emit(world, alice, bob, 'heard');
  await acknowledged(world, alice);
  const backup = world.backup();
  bob.kill();
  await emit(world, alice, bob, 'never delivered');
  const kept = alice.store.messages.find(({ content }) => textOf(content) === 'never delivered');
  assert.equal(kept?.sealedFor, Buffer.from(bobDevice.publicKey).toString('base64url'));
  world.putBack(backup, true);
  alice.kill();
  await settled(world, alice, bob);
  await until(world, has(bob, 'never delivered'), 'it is sent again');
  await acknowledged(world, alice);
  assert.deepEqual(toldOf(alice, 'never delivered'), []);
  for (const person of [alice, bob]) person.kill();
});

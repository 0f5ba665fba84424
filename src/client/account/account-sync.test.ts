import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccountWorld, Person, turns, until } from '../../../test/support/worlds/account-world.ts';
import { inboxMark } from './limits.ts';
import { alice as aliceDevice, bob as bobDevice } from '../../../test/support/pair.ts';

async function two() {
  const world = new AccountWorld();
  const alice = new Person(world, 'alice', aliceDevice);
  const bob = new Person(world, 'bob', bobDevice);
  for (const person of [alice, bob]) {
    await person.start();
    await until(world, () => person.isIn, `${person.name} is in`);
  }
  return { world, alice, bob };
}

const sent = (person: Person) => () => person.client?.unsent === 0;

test('what is said in the lobby and in groups is stored, told and shown', async () => {
  const { world, alice, bob } = await two();
  assert.ok(alice.client?.broadcast('hello').ok);
  assert.ok(alice.client?.createGroup('g').ok);
  await until(world, sent(alice), 'it is stored');
  assert.ok(bob.client?.joinGroup('g').ok);
  assert.ok(bob.client?.groupMessage('g', 'in the group').ok);
  await until(world, sent(bob), 'it is stored');
  await turns(20);
  assert.deepEqual(await bob.texts('lobby'), ['alice: hello']);
  assert.deepEqual(await alice.texts('#g'), ['bob: in the group']);
  const own = alice.events
    .filter((event) => event.type === 'own')
    .map(({ message }) => message.state);
  assert.deepEqual(own, ['waiting', 'stored']);
});

test('a private message to somebody who is away is read when they are back, and told as delivered', async () => {
  const { world, alice, bob } = await two();
  await until(world, () => bob.store.records.packages.length > 0, 'bob has left keys');
  await turns(50);
  bob.kill();
  assert.ok(alice.client?.privateMessage('bob', 'are you there?').ok);
  await until(world, sent(alice), 'it is stored');
  assert.deepEqual(await alice.texts('@alice+bob'), ['alice: are you there?']);
  await bob.start();
  await until(world, () => bob.store.messages.length > 0, 'it is read');
  assert.deepEqual(await bob.texts('@alice+bob'), ['alice: are you there?']);
  assert.ok(bob.client?.privateMessage('alice', 'now I am').ok);
  await until(world, sent(bob), 'it is stored');
  await until(
    world,
    () => alice.store.messages.some(({ state }) => state === 'delivered'),
    'it is delivered',
  );
  assert.deepEqual(await alice.texts('@alice+bob'), ['alice: are you there?', 'bob: now I am']);
  const server = JSON.stringify(world.log('@alice+bob'));
  assert.doesNotMatch(server, /are you|now I am/);
});

test('a disk that says no ends the client, and what is on it is whole', async () => {
  const { world, alice, bob } = await two();
  await until(world, () => bob.store.records.packages.length > 0, 'bob has left keys');
  alice.store.isFull = true;
  assert.ok(alice.client?.broadcast('not kept').ok);
  await until(world, () => !alice.isRunning, 'it ends');
  const end = alice.client?.state;
  assert.ok(end?.phase === 'closed' && end.reason.code === 'store-failed');
  assert.equal(world.log('lobby').length, 0, 'what is not on the disk is not sent');
  alice.store.isFull = false;
  await alice.start();
  await until(world, () => alice.isIn, 'alice is back');
  assert.ok(alice.client?.broadcast('kept').ok);
  await until(world, () => alice.client?.unsent === 0, 'it is stored');
});

test('what comes faster than it can be written makes the server wait, and all of it is there in the end', async () => {
  const { world, alice, bob } = await two();
  const many = 3 * inboxMark;
  const texts = Array.from({ length: many }, (_, at) => `line ${at}`);
  bob.kill();
  for (const text of texts) world.guestSays('dora', text);
  await bob.start();
  await until(world, () => bob.store.cursor('lobby') === many, 'all is read');
  assert.deepEqual((await bob.texts('lobby')).slice(-2), [
    `dora: line ${many - 2}`,
    `dora: line ${many - 1}`,
  ]);
  for (const text of texts) world.guestSays('dora', text);
  await until(world, () => alice.store.cursor('lobby') === 2 * many, 'all is read');
  assert.equal((await alice.texts('lobby')).length, 2 * many);
});

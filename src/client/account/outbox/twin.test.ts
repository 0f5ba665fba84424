// Two copies of one data directory, used at the same time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientEvent } from '../../client-event.ts';
import { textOf } from '../../content.ts';
import {
  AccountWorld,
  Person,
  turns,
  until,
} from '../../../../test/support/worlds/account-world.ts';
import { alice as aliceDevice, bob as bobDevice } from '../../../../test/support/pair.ts';

const direct = '@alice+bob';

async function three() {
  const world = new AccountWorld();
  const alice = new Person(world, 'alice', aliceDevice);
  const bob = new Person(world, 'bob', bobDevice);
  for (const person of [alice, bob]) await start(world, person);
  await until(world, () => bob.store.records.packages.length > 10, 'keys are left');
  await toAll(world, alice, bob, 'to begin with');
  assert.ok(alice.client?.privateMessage('bob', 'private, to begin with').ok);
  await until(world, has(bob, 'private, to begin with'), 'it is read');
  await until(world, () => alice.store.records.outbox.length === 0, 'it is stored');
  const twin = new Person(world, 'alice', aliceDevice);
  twin.store = alice.store.survivor();
  await start(world, twin);
  return { world, alice, bob, twin };
}

async function start(world: AccountWorld, person: Person) {
  await person.start();
  await until(world, () => person.isIn, `${person.name} is in`);
}

/** Killed where it runs, and started with what it has stored. What it told before is forgotten. */
async function again(world: AccountWorld, person: Person) {
  if (person.isRunning) person.kill();
  person.events = [];
  await start(world, person);
}

const has = (person: Person, text: string) => () =>
  person.store.messages.some((message) => textOf(message.content) === text);
const isTwin = ({ type }: ClientEvent) => type === 'twin';
const isRestored = ({ type }: ClientEvent) => type === 'restored';
const told = ({ events }: Person) => events.filter(isTwin).length;

async function toAll(world: AccountWorld, from: Person, to: Person, text: string) {
  assert.ok(from.client?.broadcast(text).ok);
  await until(world, has(to, text), text);
  await until(world, () => from.client?.unsent === 0, `"${text}" is stored`);
}

async function emit(world: AccountWorld, from: Person, to: Person, text: string) {
  assert.ok(from.client?.privateMessage(to.name, text).ok);
  await until(world, has(to, text), text);
}

test('two copies side by side are told at once, both, with nothing said', async () => {
  const { world, alice, bob, twin } = await three();
  await until(world, () => told(alice) === 1 && told(twin) === 1, 'both are told');
  assert.deepEqual(alice.events.filter(isTwin), [{ type: 'twin', isHere: true }]);
  world.cut();
  await turns(20);
  await until(world, () => twin.isIn && alice.isIn, 'they are in again');
  await emit(world, twin, bob, 'of the twin');
  await emit(world, alice, bob, 'of alice');
  assert.deepEqual([told(alice), told(twin)], [1, 1], 'once');
  for (const person of [alice, bob, twin]) person.kill();
});

test('of two copies that run in turns each is told that the other one was here, and only then', async () => {
  const { world, alice, bob, twin } = await three();
  for (const person of [alice, twin]) person.kill();
  await again(world, twin);
  twin.kill();
  await again(world, alice);
  await until(world, () => told(alice) === 1, 'the twin was here last');
  assert.deepEqual(alice.events.filter(isTwin), [{ type: 'twin', isHere: false }]);
  await emit(world, alice, bob, 'private, of alice');
  for (let round = 0; round < 2; round++) {
    await again(world, alice);
    await emit(world, alice, bob, `round ${round}`);
    assert.equal(told(alice), 0, 'nobody else was here');
  }
  alice.kill();
  await again(world, twin);
  await until(world, () => twin.events.some(isTwin) || twin.events.some(isRestored), 'alice was');
  await emit(world, twin, bob, 'private, of the twin');
  for (const person of [bob, twin]) person.kill();
});

test('who was told of a copy that was here before is told of one that comes, and that one too', async () => {
  const { world, alice, bob, twin } = await three();
  for (const person of [alice, twin]) person.kill();
  await again(world, twin);
  twin.kill();
  await again(world, alice);
  await until(world, () => told(alice) === 1, 'the twin was here last');
  const other = new Person(world, 'alice', aliceDevice);
  other.store = alice.store.survivor();
  await start(world, other);
  await until(world, () => told(alice) === 2 && told(other) === 1, 'both are told');
  await emit(world, other, bob, 'of the other one');
  await emit(world, alice, bob, 'of alice');
  for (const person of [alice, bob, other]) person.kill();
});

test('a server that was put back to older data knows an older start: nobody is told', async () => {
  for (const isTold of [true, false]) {
    const world = new AccountWorld();
    const alice = new Person(world, 'alice', aliceDevice);
    const bob = new Person(world, 'bob', bobDevice);
    for (const person of [alice, bob]) await start(world, person);
    await toAll(world, alice, bob, 'one');
    const backup = world.backup();
    for (let round = 0; round < 2; round++) await again(world, alice);
    world.putBack(backup, isTold);
    await until(world, () => alice.isIn && bob.isIn, 'they are in again');
    await toAll(world, alice, bob, 'two');
    await again(world, alice);
    await toAll(world, alice, bob, 'three');
    assert.deepEqual([told(alice), told(bob)], [0, 0]);
    for (const person of [alice, bob]) person.kill();
  }
});

test('what copies say goes under streams and keys of their own', async () => {
  const { world, alice, bob, twin } = await three();
  await toAll(world, twin, bob, 'of the twin');
  await toAll(world, alice, bob, 'of alice');
  await emit(world, alice, bob, 'private, of alice');
  await toAll(world, twin, bob, 'of the twin again');
  await toAll(world, alice, bob, 'of alice again');
  await turns(50);
  assert.deepEqual([told(alice), told(twin)], [1, 1], 'once');
  assert.deepEqual(await bob.texts('lobby'), [
    'alice: to begin with',
    'alice: of the twin',
    'alice: of alice',
    'alice: of the twin again',
    'alice: of alice again',
  ]);
  assert.deepEqual(await bob.texts(direct), [
    'alice: private, to begin with',
    'alice: private, of alice',
  ]);
  for (const person of [alice, bob, twin]) person.kill();
});

test('a copy that has said something while this one was cut off is noticed at the next login', async () => {
  const { world, alice, bob, twin } = await three();
  world.isDown = true;
  world.cut();
  await turns(20);
  world.isDown = false;
  await until(world, () => twin.isIn && alice.isIn && bob.isIn, 'they are in again');
  await toAll(world, twin, bob, 'of the twin');
  world.cut();
  await until(world, () => told(alice) === 1, 'it is told');
  await emit(world, alice, bob, 'private, of alice');
  await toAll(world, alice, bob, 'of alice');
  assert.equal((await bob.texts('lobby')).length, 3);
  for (const person of [alice, bob, twin]) person.kill();
});

// Many private texts at one moment: strangers who both begin, and all that is said before there is a key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../../content.ts';
import {
  AccountWorld,
  Person,
  turns,
  until,
} from '../../../../test/support/worlds/account-world.ts';
import { alice as aliceDevice, bob as bobDevice } from '../../../../test/support/pair.ts';

async function two() {
  const world = new AccountWorld();
  const alice = new Person(world, 'alice', aliceDevice);
  const bob = new Person(world, 'bob', bobDevice);
  for (const person of [alice, bob]) {
    await person.start();
    await until(world, () => person.isIn, `${person.name} is in`);
  }
  for (const person of [alice, bob])
    await until(world, () => person.store.records.packages.length > 10, 'keys are left');
  return { world, alice, bob };
}

const texts = (from: Person, count: number) =>
  Array.from({ length: count }, (_, number) => `${from.name} ${number}`);
const shownOf = (person: Person, from: Person) =>
  person.events.flatMap((event) =>
    event.type === 'message' && event.message.from === from.name
      ? [textOf(event.message.content)]
      : [],
  );

async function isAllThere(world: AccountWorld, one: Person, other: Person, count: number) {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const isIn = () => shownOf(to, from).length >= count && from.client?.unsent === 0;
    await until(world, isIn, `all that ${from.name} said`);
    assert.deepEqual(shownOf(to, from), texts(from, count), 'each once, in order');
    const isUnread = to.events.some(
      (event) => event.type === 'private' && event.event.type === 'unreadable',
    );
    assert.ok(!isUnread, 'all of it can be read');
    const kept = to.store.messages.filter((message) => message.from === from.name);
    assert.deepEqual(
      kept.map(({ content, unreadable }) => unreadable ?? textOf(content)),
      texts(from, count),
    );
  }
}

for (const [way, pause] of [
  ['at one moment', 0],
  ['one after the other', 1],
  ['while keys are asked for', 2],
] as const) {
  test(`some hundred private texts ${way} between strangers, both ways: each is shown once, with at most two keys`, async () => {
    const { world, alice, bob } = await two();
    const count = 230;
    for (let number = 0; number < count; number++) {
      await turns(pause);
      assert.ok(alice.client?.privateMessage('bob', `alice ${number}`).ok);
      assert.ok(bob.client?.privateMessage('alice', `bob ${number}`).ok);
    }
    await isAllThere(world, alice, bob, count);
    // One to begin with, one after a hundred texts.
    for (const taken of world.keysTaken.values()) assert.ok(taken <= 2, `${taken} keys`);
    for (const person of [alice, bob]) person.kill();
  });
}

// After a block is lifted, the next text can be read without any action, whatever of its session was withheld.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../content.ts';
import { AccountWorld, Person, until } from '../../../test/support/worlds/account-world.ts';
import { alice as aliceDevice, bob as bobDevice } from '../../../test/support/pair.ts';

async function two() {
  const world = new AccountWorld();
  const alice = new Person(world, 'alice', aliceDevice);
  const bob = new Person(world, 'bob', bobDevice);
  for (const person of [alice, bob]) {
    await person.start();
    await until(world, () => person.isIn, `${person.name} is in`);
  }
  await until(world, () => bob.store.records.packages.length > 10, 'keys are left');
  return { world, alice, bob };
}

const has = (person: Person, text: string) => () =>
  person.store.messages.some((message) => textOf(message.content) === text);

async function block(bob: Person, alice: Person, off = false) {
  const answer = await bob.client?.block(alice.name, off);
  assert.ok(answer?.ok);
}

async function say(world: AccountWorld, from: Person, to: Person, text: string) {
  assert.ok(from.client?.privateMessage(to.name, text).ok);
  const isTaken = () =>
    from.store.messages.some(
      (message) => textOf(message.content) === text && message.state !== 'waiting',
    );
  await until(world, isTaken, `"${text}" is taken`);
}

for (const [what, before] of [
  ['that began while it was blocked', undefined],
  ['from before', 'before the block'],
] as const) {
  test(`what is written after a block is lifted is read, in a session ${what}`, async () => {
    const { world, alice, bob } = await two();
    if (before !== undefined) {
      await say(world, alice, bob, before);
      await until(world, has(bob, before), before);
    }
    await block(bob, alice);
    await say(world, alice, bob, 'withheld, one');
    await say(world, alice, bob, 'withheld, two');
    await block(bob, alice, true);
    await say(world, alice, bob, 'after it');
    await until(world, has(bob, 'after it'), 'it is read');
    await say(world, bob, alice, 'an answer');
    await until(world, has(alice, 'an answer'), 'the answer is read');
    const texts = await bob.texts('@alice+bob');
    const expected = ['alice: after it', 'bob: an answer'];
    assert.deepEqual(texts, before === undefined ? expected : [`alice: ${before}`, ...expected]);
  });
}

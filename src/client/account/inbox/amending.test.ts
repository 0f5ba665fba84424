import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../../content.ts';
import { currentOf } from '../../amending/current.ts';
import { targetIdOf } from '../../amending/target.ts';
import { until, type Person } from '../../../../test/support/worlds/account-world.ts';
import {
  direct,
  emit,
  isSent,
  settled,
  start,
  two,
} from '../../../../test/support/worlds/account-acts.ts';

const unread = ({ client }: Person) =>
  client?.conversations.find(({ name }) => name === direct)?.unread;
const isDeleted = (person: Person, seq: number) => () =>
  person.store.messages.some(
    (one) => one.conversation === direct && one.seq === seq && currentOf(one).deletion,
  );

test('what is deleted before it was seen is not unread any more, now and at the next start', async () => {
  const { world, alice, bob } = await two();
  for (const text of ['first', 'second', 'third']) await emit(world, alice, bob, text);
  assert.equal(unread(bob), 3);
  const second = alice.store.messages.find(({ content }) => textOf(content) === 'second');
  assert.ok(second?.seq);
  const about = { target: { seq: second.seq, id: targetIdOf(second) }, from: 'alice' };
  // The second deletion deletes nothing.
  for (const count of [1, 2]) {
    await alice.client?.speech?.delete({ kind: 'direct', user: bob.name }, about);
    await until(world, isSent(alice), `deletion ${count} is stored`);
    await until(world, isDeleted(bob, second.seq), 'it is heard');
    await settled(world, alice, bob);
    assert.equal(unread(bob), 2);
  }
  assert.ok(
    bob.events.some((event) => event.type === 'read-elsewhere' && event.unread === 2),
    'views are told',
  );
  bob.kill();
  await start(world, bob);
  await settled(world, bob);
  assert.equal(unread(bob), 2);
  for (const person of [alice, bob]) person.kill();
});

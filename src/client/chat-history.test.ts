import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccountWorld, Person, until } from '../../test/support/worlds/account-world.ts';
import { alice as aliceDevice } from '../../test/support/pair.ts';
import { firstSight } from './account/limits.ts';
import { Chat } from './chat/chat.ts';
import { ChatError } from './chat/chat-error.ts';

test('history rejects where the server has more and cannot read it, instead of giving a part', async () => {
  const world = new AccountWorld();
  const many = firstSight + 20;
  for (let count = 1; count <= many; count++) world.guestSays('dora', `line ${count}`);
  const alice = new Person(world, 'alice', aliceDevice);
  await alice.start();
  await until(world, () => alice.store.cursor('lobby') === many, 'the last ones are here');
  const { client } = alice;
  assert.ok(client);
  const chat = await Chat.open(
    (sink) => {
      queueMicrotask(() => sink({ type: 'state', state: client.state }));
      return client;
    },
    () => assert.fail('a listener threw'),
  );
  world.isUnreadable = true;
  await assert.rejects(
    chat.history('lobby', { before: 25, limit: 10 }),
    (error) => error instanceof ChatError && error.code === 'store-failed',
  );
  assert.equal((await chat.history('lobby', { limit: 10 })).length, 10, 'what is here is given');
  world.isUnreadable = false;
  assert.equal((await chat.history('lobby', { before: 25, limit: 10 })).length, 10);
});

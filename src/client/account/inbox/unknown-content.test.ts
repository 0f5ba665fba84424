// What a later version of helo says and this one does not know: kept as it came, and shown as that.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccountWorld, Person, until } from '../../../../test/support/worlds/account-world.ts';
import { alice as aliceDevice, bob as bobDevice } from '../../../../test/support/pair.ts';
import { itemOf, readerOf } from '../../timeline/history-items.ts';
import { itemWords } from '../../wording/item-words.ts';
import { present } from '../../wording/present.ts';
import type { ReceivedMessage } from '../../client-event.ts';

const direct = '@alice+bob' as never;
const words = '(something that this version of helo does not know)';
const marks = {
  ofMessage: () => '',
  ofPlace: () => '',
  ofConversation: () => '',
  ofGroup: () => '',
} as never;

test('a kind that this version does not know is kept as it came, acknowledged, and shown as that', async () => {
  const world = new AccountWorld();
  const alice = new Person(world, 'alice', aliceDevice);
  const bob = new Person(world, 'bob', bobDevice);
  await bob.start();
  await until(world, () => bob.store.records.packages.length > 10, 'keys are left');
  const content = { kind: 'unknown', code: 200, bytes: Uint8Array.of(1, 0, 255) } as const;
  const localId = 'ab'.repeat(16);
  const waiting = { order: 1, place: '@bob', number: undefined, sealed: undefined };
  await alice.store.write([{ type: 'outbox', entry: { localId, content, ...waiting } }]);
  await alice.start();
  const kept = () => bob.store.messages.find(({ from }) => from === 'alice');
  await until(world, () => kept() !== undefined, 'it is read');

  assert.deepEqual(kept()?.content, content);
  assert.equal(kept()?.textId, localId);
  assert.equal(kept()?.unreadable, undefined);
  const state = () => alice.store.messages.find((own) => own.localId === localId)?.state;
  await until(world, () => state() === 'delivered', 'it is acknowledged');

  const told = (): ReceivedMessage | undefined =>
    bob.events.flatMap((event) => (event.type === 'message' ? [event.message] : []))[0];
  await until(world, () => told() !== undefined, 'it is told');
  assert.deepEqual(told()?.content, content);
  const event = { type: 'message', message: told() ?? assert.fail() } as const;
  assert.deepEqual(
    present(event, () => undefined, marks).map((line) => line.text),
    [words],
  );
  const [record] = await bob.store.historyRange(direct, { kind: 'last' }, 1);
  const item = itemOf(record ?? assert.fail(), readerOf('helo'));
  assert.ok(item.kind === 'message');
  assert.deepEqual([item.from, item.content, item.namesMe], ['alice', content, false]);
  assert.equal(itemWords(item), words);

  assert.ok(alice.client?.privateMessage('bob', 'and a text').ok);
  const texts = () => bob.texts(direct);
  await until(world, () => bob.store.messages.length === 2, 'the next one is read');
  assert.deepEqual(await texts(), ['alice: ', 'alice: and a text']);
});

test('an own message of a kind that this version does not know is told with its content, from the outbox to the delivery', async () => {
  const world = new AccountWorld();
  const alice = new Person(world, 'alice', aliceDevice);
  const bob = new Person(world, 'bob', bobDevice);
  await bob.start();
  await until(world, () => bob.store.records.packages.length > 10, 'keys are left');
  bob.kill();
  const content = { kind: 'unknown', code: 200, bytes: Uint8Array.of(7) } as const;
  const localId = 'cd'.repeat(16);
  const place = { kind: 'direct', user: 'bob' } as const;
  const waiting = { order: 1, place: '@bob', number: undefined, sealed: undefined };
  await alice.store.write([{ type: 'outbox', entry: { localId, content, ...waiting } }]);
  await alice.start();
  assert.deepEqual(alice.client?.waiting, [{ localId, place, content }]);
  const told = () => alice.events.flatMap((event) => (event.type === 'own' ? event.message : []));
  await until(world, () => told().length > 0, 'the server has it');
  await bob.start();
  await until(world, () => told().length > 1, 'bob has it');
  assert.deepEqual(
    told().map((own) => [own.localId, own.state, own.content]),
    [
      [localId, 'stored', content],
      [localId, 'delivered', content],
    ],
  );
});

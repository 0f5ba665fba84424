// What two accounts say to each other about files: kept like a text, said once, and held like one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccountWorld, Person, until } from '../../../test/support/worlds/account-world.ts';
import { alice as aliceDevice, bob as bobDevice, suite } from '../../../test/support/pair.ts';
import { createDevice } from '../../e2ee/device.ts';
import { err, ok } from '../../lib/result.ts';
import type { FileContent } from '../content.ts';
import type { FileCarrier } from '../files/ports.ts';
import type { FilePorts } from '../files/transfers-options.ts';

const direct = '@alice+bob';
const sha256 = new Uint8Array(32).fill(3);

/** Files that can be read; none is ever moved here. */
function filePorts(): FilePorts {
  const no = (): never => assert.fail('nothing moves');
  const carrier: FileCarrier = {
    inspect: async (path) => ok({ path, name: path.slice(1), size: 2_000_000, modified: '1' }),
    hash: () => ({ outcome: Promise.resolve(ok(sha256)), cancel: () => {} }),
    send: no,
    land: () => ({ outcome: Promise.resolve(err({ code: 'cancelled' })), cancel: () => {} }),
    receive: no,
    forget: async () => {},
    sha256: no,
  };
  const none = { load: async () => [], put: async () => {}, remove: async () => {} };
  const knownSenders = { load: async () => [], keep: async () => {} };
  return { carrier, store: none, knownSenders, acceptUpTo: 1 };
}

async function two() {
  const world = new AccountWorld();
  const alice = new Person(world, 'alice', aliceDevice);
  const bob = new Person(world, 'bob', bobDevice);
  for (const person of [alice, bob]) {
    person.files = filePorts();
    await person.start();
    await until(world, () => person.isIn, `${person.name} is in`);
  }
  await until(world, () => bob.store.records.packages.length > 10, 'keys are left');
  return { world, alice, bob };
}

function phases({ events }: Person): string[] {
  return events.flatMap((event) => {
    if (event.type !== 'file' || event.event.type !== 'transfer') return [];
    const { state } = event.event.transfer;
    return [state.phase === 'paused' ? `paused: ${state.why}` : state.phase];
  });
}

function offersOf({ store }: Person): FileContent[] {
  return store.messages.flatMap(({ content }) => (content.kind === 'file' ? [content] : []));
}

const plan: FileContent = { kind: 'file', at: 'sender', name: 'plan.pdf', size: 2_000_000, sha256 };

test("a file that is offered stands in the history of both, and its notes in nobody's", async () => {
  const { world, alice, bob } = await two();
  assert.ok((await alice.client?.files?.send('bob', '/plan.pdf'))?.ok);
  await until(world, () => phases(bob).includes('asking'), 'bob is asked');
  await until(world, () => phases(alice).includes('asking'), 'alice knows');
  assert.deepEqual(offersOf(alice), [plan]);
  assert.deepEqual(offersOf(bob), [plan]);
  assert.equal(bob.store.messages.length, 1);
  assert.ok(world.log(direct).length > 1, 'the notes are in the log');
  const [told] = bob.events.flatMap((event) => (event.type === 'message' ? [event.message] : []));
  assert.deepEqual(told?.content, plan);
  assert.equal(alice.client?.unsent, 0);
  assert.equal(bob.client?.conversations.find(({ name }) => name === direct)?.unread, 1);
});

test('somebody who comes back with another start of their program is asked again, and reads it once', async () => {
  const { world, alice, bob } = await two();
  // Who comes is told to those who follow.
  alice.client?.roster?.follow();
  assert.ok((await alice.client?.files?.send('bob', '/plan.pdf'))?.ok);
  await until(world, () => phases(bob).includes('asking'), 'bob is asked');
  bob.kill();
  bob.events = [];
  await bob.start();
  await until(world, () => phases(bob).includes('asking'), 'bob is asked again');
  assert.deepEqual(offersOf(bob), [plan]);
});

test('to somebody who has blocked the sender it waits as for somebody who is away', async () => {
  const { world, alice, bob } = await two();
  assert.ok((await bob.client?.block(alice.name, false))?.ok);
  assert.ok((await alice.client?.files?.send('bob', '/plan.pdf'))?.ok);
  await until(world, () => phases(alice).includes('paused: away'), 'alice waits');
  assert.deepEqual(phases(bob), []);
  assert.deepEqual(offersOf(bob), []);
});

test('a changed key holds a file and its note, until the person decides', async () => {
  const { world, alice, bob } = await two();
  assert.ok(alice.client?.privateMessage('bob', 'hello').ok);
  await until(world, () => bob.store.messages.length > 0, 'the key is known');
  bob.kill();
  world.removeAccount('bob');
  const other = new Person(world, 'bob', await createDevice(suite));
  other.files = filePorts();
  await other.start();
  await until(world, () => other.store.records.packages.length > 10, 'other keys are left');
  assert.ok((await alice.client?.files?.send('bob', '/plan.pdf'))?.ok);
  await until(world, () => phases(alice).includes('held'), 'it is held');
  assert.deepEqual(offersOf(other), []);
  assert.ok((await alice.client?.trust('bob'))?.ok);
  await until(world, () => phases(other).includes('asking'), 'it goes to the other device');
  assert.deepEqual(offersOf(other), [plan]);
});

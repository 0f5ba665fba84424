// Notes between the clients of two people: delivered like texts, and reported only to their receiver.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDevice } from '../../../e2ee/device.ts';
import { suite } from '../../../../test/support/pair.ts';
import { World, type Person } from '../../../../test/support/worlds/private-world.ts';

const note = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

function post(from: Person, to: string, text: string): string {
  const sent = from.messenger.sendNote(to, note(text));
  assert.ok(sent.ok);
  return sent.value;
}

const taken = (person: Person): string[] =>
  person
    .all('note')
    .map(({ from, bytes, key }) => `${from}: ${Buffer.from(bytes).toString()} (${key})`);
const fates = (person: Person, id: string): string[] =>
  person
    .all('own-note')
    .filter((event) => event.id === id)
    .map((event) => (event.fate === 'not-delivered' ? event.reason : event.fate));

test('a note arrives once, under the key of its sender, between texts and in their order', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  alice.say('bob', 'look at this');
  const id = post(alice, 'bob', 'offer');
  await world.pass(1000);
  assert.deepEqual(taken(bob), ['alice: offer (pinned)']);
  assert.deepEqual(bob.all('note')[0]?.peerKey, alice.device.publicKey);
  assert.deepEqual(
    bob.events.map(({ type }) => type).filter((type) => type !== 'key-new'),
    ['text', 'note'],
  );
  assert.deepEqual(fates(alice, id), ['sent', 'delivered']);
  assert.ok(!world.recording.join('\n').includes(Buffer.from('offer').toString('base64url')));
});

test('a note survives a session that is lost, and is not taken twice', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  alice.say('bob', 'hello');
  await world.pass(1000);
  // All of bob's lines are lost for a while, his receipts too.
  world.tamper = (line, to) => (to === alice ? [] : [line]);
  const id = post(alice, 'bob', 'once');
  await world.pass(2000);
  world.tamper = (line) => [line];
  await world.pass(20_000);
  assert.deepEqual(taken(bob), ['alice: once (pinned)']);
  assert.deepEqual(fates(alice, id), ['sent', 'delivered']);
});

test('a note to nobody, and to a client without keys, comes back with the reason and nothing else', async () => {
  const world = new World();
  const alice = await world.join('alice');
  const id = post(alice, 'nobody', 'x');
  await world.pass(1000);
  assert.deepEqual(fates(alice, id), ['no-such-user']);
  const mute = await world.join('mute');
  world.tamper = (line, to) => (to === mute ? [] : [line]);
  const other = post(alice, 'mute', 'x');
  await world.pass(6000);
  assert.deepEqual(fates(alice, other), ['cannot-encrypt']);
  assert.deepEqual(alice.all('cannot-encrypt'), []);
});

test('nothing is noted to a changed key before it is trusted', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  alice.say('bob', 'hello');
  await world.pass(1000);
  bob.device = await createDevice(suite);
  await bob.relogin();
  const id = post(alice, 'bob', 'secret');
  await world.pass(12_000);
  assert.deepEqual(fates(alice, id), ['sent', 'held']);
  assert.deepEqual(taken(bob), []);
  const standing = () => alice.messenger.keyStanding('bob', bob.device.publicKey);
  assert.equal(await standing(), 'changed');
  await alice.messenger.trust('bob');
  await world.pass(12_000);
  assert.deepEqual(taken(bob), ['alice: secret (pinned)']);
  assert.equal(await standing(), 'pinned');
});

// The sealed room of a private conversation: who enters it, what a hostile member or server makes of it, and what is said
// there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupServer } from '../../../../test/support/worlds/group-server.ts';
import { Member } from '../../../../test/support/worlds/group-world.ts';
import { createDevice } from '../../../e2ee/device.ts';
import { suite } from '../../../../test/support/pair.ts';
import { formatHex } from '../../../lib/bytes.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import { textContent } from '../../content.ts';

const name = '@alice+bob' as ConversationName;

/** Alice has founded the room of her conversation with bob, and bob has heard of it. */
async function room() {
  const server = new GroupServer(name);
  const [alice, bob] = [await Member.create('alice', server), await Member.create('bob', server)];
  await alice.trusts.of('bob').judge(bob.device.publicKey);
  await alice.found('invite', [bob.account]);
  const groupId = await idOf(alice);
  await bob.describe(groupId);
  return { server, alice, bob, groupId };
}

async function idOf(member: Member): Promise<string> {
  const roster = await member.engine.roster(name);
  assert.ok(roster);
  return formatHex(roster.groupId);
}

async function names(member: Member): Promise<readonly string[]> {
  return (await member.engine.view(name))?.members ?? [];
}

test('the other one of a private conversation enters its room, and both read what is said from there on', async () => {
  const { alice, bob } = await room();
  assert.equal(await alice.engine.isShared(name), false);
  assert.equal(await bob.engine.isShared(name), false);
  assert.equal(await bob.enter(), true);
  await alice.settle();
  assert.equal(await alice.engine.isShared(name), true);
  assert.equal(await bob.engine.isShared(name), true);
  assert.equal(await alice.say('hello'), undefined);
  assert.equal(await bob.say('hi'), undefined);
  for (const one of [alice, bob]) await one.settle();
  assert.deepEqual(bob.texts, ['alice: hello']);
  assert.deepEqual(alice.texts, ['bob: hi']);
});

test('what two programs say to each other goes by the room of their people', async () => {
  const { alice, bob } = await room();
  await bob.enter();
  await alice.settle();
  await alice.put({ content: { kind: 'ask', numbers: [1] } });
  await alice.put({ content: { kind: 'again', number: 1, id: '0'.repeat(32), text: 'hello' } });
  await alice.put({ id: '1'.repeat(32), content: { kind: 'file-note', note: Uint8Array.of(1) } });
  await bob.settle();
  assert.deepEqual(bob.texts, ['alice: (ask)', 'alice: (again)', 'alice: (file-note)']);
});

test('a server shows a third person in the room of two: nobody follows, and nobody seals for them', async () => {
  const { server, alice, bob, groupId } = await room();
  await bob.enter();
  await alice.settle();
  const carol = await Member.create('carol', server);
  await carol.describe(groupId);
  assert.equal(await carol.enter(), 'not-let-in');
  // A member whose program lets somebody in all the same.
  await bob.record({ kind: 'admit', people: [carol.account] });
  await alice.record({ kind: 'admit', people: [carol.account] });
  await alice.record({ kind: 'settings', mode: 'open' });
  assert.equal(await carol.enter(), 'not-let-in');
  for (const one of [alice, bob]) {
    await one.settle();
    assert.deepEqual(await names(one), ['alice', 'bob']);
  }
  await alice.say('for bob');
  await bob.settle();
  assert.equal(bob.texts.at(-1), 'alice: for bob');
});

test('nobody puts the other one out of the room of two', async () => {
  const { alice, bob } = await room();
  await bob.enter();
  await alice.settle();
  assert.equal(await alice.kick(bob), false);
  await alice.record({ kind: 'out', root16: bob.root16, word: 'ban' });
  for (const one of [alice, bob]) await one.settle();
  assert.deepEqual(await names(bob), ['alice', 'bob']);
  assert.equal(await bob.say('still here'), undefined);
});

test('a room that a server has founded with another key than the known one gets nothing before the person has decided', async () => {
  const { server, alice, bob } = await room();
  const known = (await createDevice(suite)).publicKey;
  await bob.trusts.of('alice').judge(known);
  await bob.enter();
  assert.equal(await bob.say('for whom?'), 'key of alice');
  await bob.trusts.of('alice').accept(false);
  bob.engine.decided();
  assert.equal(await bob.say('for alice'), undefined);
  await alice.settle();
  assert.deepEqual(alice.texts, ['bob: for alice']);
  assert.ok(server.last > 0);
});

test('a key that has changed elsewhere holds what is said in the room', async () => {
  const { alice, bob } = await room();
  await bob.enter();
  await alice.settle();
  assert.equal(await alice.say('one'), undefined);
  await alice.trusts.of('bob').judge((await createDevice(suite)).publicKey);
  assert.equal(await alice.say('two'), 'key of bob');
  alice.trusts.of('bob').keepPinned();
  assert.equal(await alice.say('three'), undefined);
});

test('a server put back to before the other one came into the room: nobody is taken to be in it', async () => {
  const { server, alice, bob } = await room();
  const founded = server.log.length;
  await bob.enter();
  await alice.settle();
  alice.keep(await alice.engine.putBack(name, founded));
  assert.equal(await alice.engine.isShared(name), false);
});

test('the room of one conversation is not taken for that of another', async () => {
  const { server, groupId } = await room();
  const elsewhere = new GroupServer('@bob+carol' as ConversationName);
  elsewhere.log.push(...server.log);
  elsewhere.items.push(...server.items);
  elsewhere.infos.push(...server.infos);
  elsewhere.trees.push(...server.trees);
  const carol = await Member.create('carol', elsewhere);
  await carol.describe(groupId);
  assert.equal(await carol.enter(), 'its founding is of another group');
});

test('a room founded again after the other account was reset lets its new root in, and no other', async () => {
  const { server, alice, bob, groupId } = await room();
  await bob.enter();
  await alice.settle();
  server.out(bob.me, 'removed');
  await alice.settle();
  assert.equal(await alice.engine.isShared(name), false);
  assert.deepEqual(await names(alice), ['alice']);
  const later = await Member.create('bob', server);
  await later.describe(groupId);
  assert.equal(await later.enter(), 'not-let-in');
  await alice.record({ kind: 'admit', people: [later.account] });
  assert.equal(await later.enter(), true);
  await alice.settle();
  // Alice knows another key of bob.
  assert.equal(await alice.say('who is there?'), 'key of bob');
  await alice.trusts.of('bob').accept(false);
  assert.equal(await alice.put({ id: '2'.repeat(32), content: textContent('bob') }), undefined);
  await later.settle();
  assert.deepEqual(later.texts, ['alice: bob']);
  await bob.readUpTo();
  assert.deepEqual(bob.texts, []);
});

// Sealed groups on several devices, over a server in memory and real ciphers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupServer, Member } from '../../../../test/support/worlds/group-world.ts';

async function gather(...names: string[]): Promise<{ server: GroupServer; people: Member[] }> {
  const server = new GroupServer();
  const people = await Promise.all(names.map((name) => Member.create(name, server)));
  const [first, ...others] = people;
  assert.ok(first);
  await first.found();
  const groupId = await first.engine.view('#lunch' as never);
  assert.ok(groupId);
  for (const who of others) await joins(who, first);
  for (const who of people) await who.settle();
  return { server, people };
}

async function joins(who: Member, member: Member): Promise<void> {
  const roster = await member.engine.roster('#lunch' as never);
  assert.ok(roster);
  await who.describe(Buffer.from(roster.groupId).toString('hex'));
  await who.settle();
}

async function settleAll(people: readonly Member[]): Promise<void> {
  for (const who of [...people, ...people]) await who.settle();
}

test('everybody who has entered reads everybody, in the same state', async () => {
  const { people } = await gather('alice', 'bob', 'carol');
  for (const who of people) assert.equal(await who.say(`hi from ${who.me}`), undefined);
  await settleAll(people);
  const [alice, bob, carol] = people;
  assert.deepEqual(alice?.texts, ['bob: hi from bob', 'carol: hi from carol']);
  assert.deepEqual(bob?.texts, ['alice: hi from alice', 'carol: hi from carol']);
  assert.deepEqual(carol?.texts, ['alice: hi from alice', 'bob: hi from bob']);
  assert.equal(new Set(await Promise.all(people.map((who) => who.digits()))).size, 1);
});

test('whoever is kicked is out, and reads nothing that is said after it', async () => {
  const { people } = await gather('alice', 'bob', 'carol');
  const [alice, bob, carol] = people;
  assert.ok(alice && bob && carol);
  await settleAll(people);
  assert.ok(await alice.kick(bob));
  await carol.settle();
  assert.equal(await alice.say('now without bob'), undefined);
  await settleAll(people);
  assert.equal(await bob.phase(), 'out');
  assert.deepEqual(bob.texts, []);
  assert.deepEqual(carol.texts, ['alice: now without bob']);
  assert.deepEqual(
    carol.notices.filter(({ kind }) => kind === 'out'),
    [{ kind: 'out', user: 'bob', why: 'kicked', by: 'alice' }],
  );
});

test('nobody seals while somebody is out by the word of the server and still in the tree', async () => {
  const { server, people } = await gather('alice', 'bob', 'carol');
  const [alice, , carol] = people;
  assert.ok(alice && carol);
  await settleAll(people);
  server.out(people[1]?.me as never, 'left');
  await alice.readUpTo();
  assert.equal(await alice.say('too early'), 'remove-first');
  assert.equal(await alice.need(), 'remove');
  await alice.settle();
  assert.equal(await alice.say('now'), undefined);
  await settleAll(people);
  assert.deepEqual(carol.texts, ['alice: now']);
  assert.deepEqual(people[1]?.texts, []);
});

test('a restart goes on from what is stored, also with a commit under way', async () => {
  const { people } = await gather('alice', 'bob');
  const [alice, bob] = people;
  assert.ok(alice && bob);
  await alice.say('one');
  await bob.settle();
  alice.restart();
  bob.restart();
  await alice.say('two');
  await bob.settle();
  assert.deepEqual(bob.texts, ['alice: one', 'alice: two']);
  await bob.rotate();
  await alice.settle();
  await bob.say('with new keys');
  alice.restart();
  await alice.settle();
  assert.deepEqual(alice.texts, ['bob: with new keys']);
});

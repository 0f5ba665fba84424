// Sealed groups on several devices, over a server in memory and real ciphers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostileActs } from '../../../../test/support/group-lives/hostile-acts.ts';
import { Dice } from '../../../../test/support/lives/fate.ts';
import { suite } from '../../../../test/support/pair.ts';
import { GroupServer } from '../../../../test/support/worlds/group-server.ts';
import { Member } from '../../../../test/support/worlds/group-world.ts';

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

test('the only one in a group whose keys are lost is told so, and comes back once somebody else has entered', async () => {
  const { server, people } = await gather('alice');
  const [alice] = people;
  assert.ok(alice);
  alice.keep(await alice.engine.restoredFromCopy());
  assert.match(String(await alice.enter()), /^nobody else is in the group/);
  const bob = await Member.create('bob', server);
  await joins(bob, alice);
  await settleAll([alice, bob]);
  assert.equal(await alice.digits(), await bob.digits());
  assert.equal(await alice.say('back'), undefined);
  await bob.settle();
  assert.deepEqual(bob.texts, ['alice: back']);
});

test('a device that was restored from a copy uses no old state: it takes its own place again, and others are told', async () => {
  const { people } = await gather('alice', 'bob');
  const [alice, bob] = people;
  assert.ok(alice && bob);
  await settleAll(people);
  bob.keep(await bob.engine.restoredFromCopy());
  assert.equal(await bob.say('with old keys'), 'not-ready');
  await settleAll(people);
  assert.deepEqual(alice.notices.at(-1), { kind: 'came-back', user: 'bob' });
  assert.equal(await bob.say('with new keys'), undefined);
  await settleAll(people);
  assert.deepEqual(alice.texts, ['bob: with new keys']);
});

test('a device in whose place another one enters is told of a copy, and takes its place again', async () => {
  const { people } = await gather('alice', 'bob');
  const [alice, bob] = people;
  assert.ok(alice && bob);
  await settleAll(people);
  const copy = bob.copied();
  copy.keep(await copy.engine.restoredFromCopy());
  await copy.settle();
  await bob.readUpTo();
  assert.deepEqual(bob.notices.at(-1), { kind: 'copy' });
  await settleAll(people);
  assert.equal(await alice.digits(), await bob.digits());
});

test('a line that is shown to one device otherwise than to all is noticed at the next one, and costs one entry', async () => {
  const { server, people } = await gather('alice', 'bob', 'carol');
  const [alice, bob, carol] = people;
  assert.ok(alice && bob && carol);
  await settleAll(people);
  await alice.rotate();
  const line = server.log.at(-1);
  assert.ok(line?.info !== undefined && line.seq !== undefined);
  server.shown.set(`bob ${line.seq}`, { ...line, info: `_${line.info.slice(1)}` });
  await settleAll(people);
  assert.notEqual(await alice.digits(), await bob.digits());
  assert.equal(await alice.say('for all'), undefined);
  await settleAll(people);
  assert.deepEqual(bob.notices.at(-1), { kind: 'elsewhere', by: 'alice' });
  assert.equal(await alice.digits(), await bob.digits());
  assert.equal(await alice.digits(), await carol.digits());
});

test('a line of the log that never comes is noticed at the next one that stands on it', async () => {
  const { server, people } = await gather('alice', 'bob');
  const [alice, bob] = people;
  assert.ok(alice && bob);
  await settleAll(people);
  await alice.rotate();
  server.shown.set(`bob ${server.last}`, undefined);
  await alice.say('who misses it cannot read this');
  await settleAll(people);
  assert.deepEqual(bob.texts, []);
  assert.ok(bob.notices.some(({ kind }) => kind === 'lost'));
  assert.equal(await alice.digits(), await bob.digits());
});

test('an own commit that the server has altered does not count for its maker either', async () => {
  const { server, people } = await gather('alice', 'bob');
  const [alice, bob] = people;
  assert.ok(alice && bob);
  await settleAll(people);
  const before = await alice.digits();
  server.tamper = (line) => ({ ...line, on: 1 });
  await alice.rotate();
  server.tamper = (line) => line;
  assert.equal(await alice.digits(), before);
  await settleAll(people);
  assert.equal(await alice.digits(), await bob.digits());
});

test('whoever lags behind void commits renews their keys, and speaks', async () => {
  const { server, people } = await gather('alice', 'bob');
  const [alice, bob] = people;
  assert.ok(alice && bob);
  await settleAll(people);
  for (let void_ = 0; void_ < 3; void_++) {
    const last = server.log.findLast(({ kind }) => kind === 'enter');
    server.lastCommit = server.append({ ...last, seq: server.last + 1 }).seq ?? 0;
  }
  await settleAll(people);
  assert.equal(await alice.say('too far behind'), 'stale');
  await settleAll(people);
  assert.equal(await alice.say('again'), undefined);
  await settleAll(people);
  assert.deepEqual(bob.texts, ['alice: again']);
});

test('an out line about somebody who has not entered keeps nobody from speaking for long', async () => {
  const { server, people } = await gather('alice', 'bob');
  const [alice, bob] = people;
  assert.ok(alice && bob);
  await settleAll(people);
  server.out('nobody' as never, 'left');
  await settleAll(people);
  assert.equal(await alice.say('all the same'), undefined);
  await settleAll(people);
  assert.deepEqual(bob.texts, ['alice: all the same']);
});

test('a key for those who enter that is not the one of the group is noticed by members, and renewed before somebody enters', async () => {
  const { server, people } = await gather('alice', 'bob');
  const [alice, bob] = people;
  assert.ok(alice && bob);
  await settleAll(people);
  const acts = new HostileActs(suite, new Dice(1), server);
  await acts.falseExternalPub(alice);
  await bob.readUpTo();
  assert.equal(await bob.need(), 'rotate');
  bob.restart();
  assert.equal(await bob.need(), 'rotate');
  await bob.settle();
  await settleAll(people);
  const carol = await Member.create('carol', server);
  await joins(carol, bob);
  await bob.settle();
  assert.deepEqual(
    bob.notices.filter(({ kind }) => kind === 'lost'),
    [],
  );
  await settleAll([...people, carol]);
  const digits = await Promise.all([alice, bob, carol].map((who) => who.digits()));
  assert.equal(new Set(digits).size, 1);
});

test('a commit that nobody can follow costs each an entry, and all come together again', async () => {
  const { server, people } = await gather('alice', 'bob', 'carol');
  const [alice, bob, carol] = people;
  assert.ok(alice && bob && carol);
  await settleAll(people);
  await new HostileActs(suite, new Dice(1), server).unfollowable(alice);
  await settleAll(people);
  assert.deepEqual(
    bob.notices.filter(({ kind }) => kind === 'lost'),
    [{ kind: 'lost', by: 'alice' }],
  );
  const digits = await Promise.all(people.map((who) => who.digits()));
  assert.equal(new Set(digits).size, 1);
});

test('a kicked member who goes on with an old state gets nothing into the group', async () => {
  const { server, people } = await gather('alice', 'bob', 'carol');
  const [alice, bob, carol] = people;
  assert.ok(alice && bob && carol);
  await settleAll(people);
  const old = bob.copied();
  assert.ok(await alice.kick(bob));
  await settleAll(people);
  const digits = await alice.digits();
  server.isLax = true;
  old.losesAnswer = true;
  await old.rotate();
  await settleAll(people);
  assert.equal(await alice.digits(), digits);
  assert.equal(await carol.digits(), digits);
  assert.equal(await bob.phase(), 'out');
});

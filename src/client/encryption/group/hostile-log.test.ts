// What a server or a member can do to one device of a sealed group, and how that device comes to what the others have:
// lines in place of others, false words about the log, false material to enter with, gaps in the tree.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openToyCiphers } from '../../../../test/support/lives/toy-ciphers.ts';
import { suite as realSuite } from '../../../../test/support/pair.ts';
import { GroupServer, lunch } from '../../../../test/support/worlds/group-server.ts';
import { Member } from '../../../../test/support/worlds/group-world.ts';
import { exportTree } from '../../../e2ee/group/group-info.ts';
import type { Suite } from '../../../e2ee/suite.ts';
import { formatHex } from '../../../lib/bytes.ts';
import type { GroupName, Username } from '../../../wire/text.ts';

interface World {
  readonly server: GroupServer;
  readonly groupId: string;
  readonly people: readonly [Member, Member, ...Member[]];
  readonly newcomer: (name: string) => Promise<Member>;
}

/** Members of one sealed group, all in one state. */
async function gather(suite: Suite, ...names: readonly string[]): Promise<World> {
  const server = new GroupServer();
  const people = [];
  for (const name of names) people.push(await Member.create(name, server, suite));
  const [alice, bob, ...others] = people;
  assert.ok(alice && bob);
  await alice.found();
  const { groupId: bytes } = (await alice.engine.roster(lunch)) ?? assert.fail();
  const groupId = formatHex(bytes);
  const newcomer = async (name: string): Promise<Member> => {
    const who = await Member.create(name, server, suite);
    await who.describe(groupId);
    return who;
  };
  for (const who of [bob, ...others]) {
    await who.describe(groupId);
    await who.settle();
  }
  for (const who of people) await who.settle();
  return { server, groupId, people: [alice, bob, ...others], newcomer };
}

async function sealedBy(who: Member): Promise<number> {
  return (await who.engine.roster(lunch))?.members.length ?? 0;
}

test('whoever is shown another line in place of their own entry enters again, and has a roster with themselves in it', async () => {
  const { server, people, newcomer } = await gather(realSuite, 'alice', 'bob');
  const [alice, bob] = people;
  const carol = await newcomer('carol');
  await carol.readUpTo();
  const seq = server.last + 1;
  const [founding] = server.log;
  assert.ok(founding);
  server.shown.set(`carol ${seq}`, { ...founding, seq });
  await carol.enter();
  await carol.settle();
  assert.equal(await sealedBy(carol), 3);
  await alice.settle();
  await bob.settle();
  assert.equal(await carol.say('in at last'), undefined);
  await alice.settle();
  assert.deepEqual(alice.texts, ['carol: in at last']);
});

test('a false word about the last commit holds up nothing in the next login', async () => {
  const { groupId, people } = await gather(realSuite, 'alice', 'bob');
  const [alice, bob] = people;
  alice.engine.isBehind(lunch, 1_000_000, alice.cursor);
  assert.equal(await alice.say('held up'), 'not-ready');
  await alice.describe(groupId);
  assert.equal(await alice.say('goes on'), undefined);
  await bob.settle();
  assert.deepEqual(bob.texts, ['alice: goes on']);
});

test('whoever is not shown the last commit, in a group where nobody makes another one, enters again', async () => {
  const { server, people } = await gather(realSuite, 'alice', 'bob');
  const [alice, bob] = people;
  for (const seq of [1, 2, 3]) server.shown.set(`bob ${server.last + seq}`, undefined);
  for (let times = 0; times < 3; times++) await alice.rotate();
  await bob.settle();
  assert.equal(await bob.say('on the keys of before'), 'stale');
  assert.equal(await bob.need(), 'enter');
  await bob.settle();
  assert.equal(await bob.say('and now'), undefined);
  await alice.settle();
  assert.deepEqual(alice.texts, ['bob: and now']);
});

test('whoever is not shown that somebody is out, in a group where nobody else commits, enters again', async () => {
  const { server, people } = await gather(realSuite, 'alice', 'bob', 'carol');
  const [alice, bob] = people;
  server.shown.set(`bob ${server.last + 1}`, undefined);
  server.out('carol' as Username, 'left');
  await bob.settle();
  for (let times = 0; times < 3; times++) assert.equal(await bob.say('and again'), 'stale');
  assert.equal(await bob.need(), 'enter');
  await bob.settle();
  assert.equal(await bob.say('and now'), undefined);
  await alice.settle();
  assert.deepEqual(alice.texts, ['bob: and now']);
});

test('whoever is shown a commit that is in no log enters again, instead of committing on it for ever', async () => {
  const { server, people } = await gather(realSuite, 'alice', 'bob');
  const [alice, bob] = people;
  const commit = server.log.findLast(({ kind }) => kind === 'enter');
  await alice.say('hi');
  assert.ok(commit);
  server.shown.set(`bob ${server.last}`, { ...commit, seq: server.last });
  await bob.readUpTo();
  assert.equal(await bob.rotate(), false);
  assert.equal(await bob.need(), 'enter');
  await bob.settle();
  assert.equal(await bob.say('and now'), undefined);
  await alice.settle();
  assert.deepEqual(alice.texts, ['bob: and now']);
});

test('a false word about the last out makes nobody renew keys without an end, or drop what is said', async () => {
  const { server, people, newcomer } = await gather(realSuite, 'alice', 'bob');
  const carol = await newcomer('carol');
  await carol.readUpTo();
  assert.equal(await carol.enter([{ ...server.material(), lastOut: 1_000_000 }]), true);
  assert.equal(await carol.need(), undefined);
  const [alice] = people;
  await alice.settle();
  await alice.say('hi carol');
  await carol.settle();
  assert.deepEqual([carol.texts, carol.unread], [['alice: hi carol'], []]);
});

test('where a member has put a false GroupInfo beside the latest tree, the one in its line is taken', async () => {
  const { server, people, newcomer } = await gather(realSuite, 'alice', 'bob');
  await people[1].leaveTree();
  server.infos.splice(0, 3, { at: server.lastCommit, info: new Uint8Array(1500) });
  const carol = await newcomer('carol');
  await carol.readUpTo();
  assert.equal(await carol.enter([server.material()]), true);
});

test('trees that a member has left false keep nobody out: others are tried, and the one of the founding is there', async () => {
  const { server, people, newcomer } = await gather(realSuite, 'alice', 'bob');
  const [alice, bob] = people;
  await alice.leaveTree();
  const { bytes } = (await bob.engine.tree(lunch, exportTree)) ?? assert.fail();
  const damaged = bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte));
  for (let times = 0; times < 4; times++) {
    server.leaveTree({ at: server.lastCommit, bytes: damaged }, 'bob');
  }
  const carol = await newcomer('carol');
  await carol.readUpTo();
  assert.match(String(await carol.enter([server.material()])), /tree|device/);
  assert.equal(await carol.enter(), true);
});

test('whoever comes back again and again leaves nothing behind in what the others store', async () => {
  const { people } = await gather(realSuite, 'alice', 'bob');
  const [alice, bob] = people;
  const stored = () =>
    alice.store.records.groupParts.filter(({ part }) => part.startsWith('roster.')).length;
  const before = stored();
  for (let times = 0; times < 3; times++) {
    bob.keep(await bob.engine.restoredFromCopy());
    await bob.settle();
    await alice.settle();
  }
  assert.equal(alice.notices.filter(({ kind }) => kind === 'came-back').length, 3);
  assert.equal(stored(), before);
});

test('what a server shows in the clear in a sealed group is nobody’s text; what was said before the sealing is', async () => {
  const { server, people } = await gather(realSuite, 'alice', 'bob');
  const [alice, bob] = people;
  const said = { verb: 'MSG', in: lunch, seq: server.last + 1, at: 1, from: bob.me } as const;
  assert.equal(await alice.engine.isSealedAt(lunch, said.seq), true);
  const { line } = await alice.engine.read(lunch, { ...said, text: 'never said' });
  assert.match(line.kind === 'unreadable' ? line.reason : line.kind, /shown it in the clear/);
  assert.equal(await alice.engine.isSealedAt(lunch, 1), false);
  alice.restart();
  assert.equal(await alice.engine.isSealedAt(lunch, said.seq), true);
});

test('a sealed group that the server shows as an open one stays sealed here, also after a start, until its person decides', async () => {
  const { groupId, people } = await gather(realSuite, 'alice', 'bob');
  const [alice, bob] = people;
  alice.keep((await alice.engine.replaced(lunch)) ?? assert.fail());
  // It is told once.
  assert.equal(await alice.engine.replaced(lunch), undefined);
  for (const starts of [false, true]) {
    if (starts) alice.restart();
    assert.ok(alice.engine.isSealed(lunch) && alice.engine.isReplaced(lunch));
    assert.equal(await alice.say('in the open?'), 'replaced');
    assert.equal(await alice.need(), undefined);
  }
  // Another one of that name that could not be founded leaves it as it was, also with a start in between.
  const founding = await alice.engine.found(lunch, 'lunch' as GroupName, 'open', 'f1');
  alice.keep(founding?.changes ?? assert.fail());
  alice.restart();
  alice.keep(await alice.engine.refused(lunch, 'f1'));
  assert.equal(await alice.say('in the open?'), 'replaced');
  // The server shows the sealed one again.
  await alice.describe(groupId);
  await alice.settle();
  assert.equal(await alice.say('sealed again'), undefined);
  await bob.settle();
  assert.deepEqual(bob.texts, ['alice: sealed again']);
  alice.keep((await alice.engine.replaced(lunch)) ?? assert.fail());
  alice.keep(await alice.engine.forget(lunch));
  alice.restart();
  assert.equal(alice.engine.isSealed(lunch), false);
});

test('scattered removals leave gaps, and a member below one renews their keys, which makes commits small again', async () => {
  const { suite } = await openToyCiphers(7);
  const { server, people, newcomer } = await gather(suite, 'alice', 'bob');
  const [alice] = people;
  const others: Member[] = [];
  for (let at = 0; at < 38; at++) {
    await alice.readUpTo();
    await alice.leaveTree();
    const who = await newcomer(`user${at}`);
    who.cursor = server.last;
    await who.enter();
    others.push(who);
  }
  for (const [at, who] of others.entries()) {
    await alice.readUpTo();
    if (at % 3 === 0) assert.ok(await alice.kick(who, 'kick'));
  }
  const below = others[5];
  assert.ok(below);
  await below.readUpTo();
  assert.equal(await below.need(), 'fill-gaps');
  assert.equal(await below.say('texts do not wait for it'), undefined);
  assert.ok(await below.rotate());
  assert.equal(await below.need(), undefined);
});

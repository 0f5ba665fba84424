// Files that the server keeps: to people who are away, and to sealed groups.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { FileWorld, type FilePerson } from '../../../../test/support/worlds/file-world.ts';
import { chunkBytes } from '../../../e2ee/files/file-layout.ts';
import type { GroupName, Username } from '../../../wire/text.ts';

const team = { kind: 'group', group: 'team' as GroupName } as const;
const bobs = { kind: 'direct', user: 'bob' as Username } as const;

function house(...names: string[]): FileWorld {
  const world = new FileWorld();
  world.keepsNotes = true;
  world.keepsFiles = true;
  for (const name of names) world.join(name);
  world.keptServer.groups.set('team', names);
  return world;
}

function who(world: FileWorld, name: string): FilePerson {
  const person = world.people.get(name);
  assert.ok(person);
  return person;
}

async function send(
  from: FilePerson,
  to: Parameters<NonNullable<FilePerson['transfers']>['send']>[0],
  content: Buffer,
  path = '/home/plan.pdf',
) {
  from.file(path, content);
  const sent = await from.transfers?.send(to, path);
  assert.ok(sent?.ok, JSON.stringify(sent));
}

const savedBy = ({ disk }: FilePerson): string[] => disk.saved.map(({ name }) => name);
const recordsOf = ({ disk }: FilePerson): string[] =>
  [...disk.records.keys()].filter((key) => !key.startsWith('settled'));

/** Moves what moves, until there is nothing or `chunks` have been moved. */
async function moveSome(world: FileWorld, chunks: number): Promise<void> {
  for (let moved = 0; moved < chunks;) {
    const waiting = [...world.people.values()].find(
      ({ inbox, transfers }) => transfers && inbox.length > 0,
    );
    const port = [...world.keptPorts.keys()].find((one) => world.moving.includes(one));
    if (waiting !== undefined) await world.deliver(waiting);
    else if (port !== undefined) {
      await world.move(port);
      moved += 1;
    }
    await world.breathe();
  }
}

test('a file to a sealed group goes up once, and to everybody in it; the server keeps it no longer', async () => {
  const world = house('alice', 'bob', 'carol');
  const alice = who(world, 'alice');
  const content = randomBytes(3 * chunkBytes + 5);
  await who(world, 'carol').leave('quit');
  await send(alice, team, content);
  await world.settle();
  assert.deepEqual(alice.story, ['hashing', 'queued', 'preparing', 'moving', 'confirming', 'kept']);
  const [shown] = alice.shown;
  assert.deepEqual([shown?.peer, shown?.group, shown?.isKept], ['#team', 'team', true]);
  assert.deepEqual(recordsOf(alice), []);
  const bob = who(world, 'bob');
  assert.deepEqual(bob.disk.saved, [{ name: 'plan.pdf', content }]);
  assert.deepEqual(bob.story, ['asking', 'queued', 'preparing', 'moving', 'saved']);
  assert.deepEqual([bob.shown[0]?.peer, bob.shown[0]?.group], ['alice', 'team']);
  assert.equal(world.keptServer.files.size, 1, 'carol has yet to take it');
  await alice.leave('quit');
  who(world, 'carol').enter();
  await world.settle();
  assert.deepEqual(who(world, 'carol').disk.saved, [{ name: 'plan.pdf', content }]);
  assert.equal(world.keptServer.files.size, 0);
  assert.deepEqual(recordsOf(who(world, 'carol')), []);
});

test('a file to somebody who is away waits at the server, also when its sender has left; to somebody who is here it goes at once', async () => {
  const world = house('alice', 'bob');
  const [alice, bob] = [who(world, 'alice'), who(world, 'bob')];
  await bob.leave('quit');
  await send(alice, bobs, randomBytes(2 * chunkBytes));
  await world.settle();
  assert.equal(alice.story.at(-1), 'kept');
  assert.equal(alice.said.size, 0, 'nobody was told that it would come from alice');
  await alice.leave('quit');
  bob.enter();
  await world.settle();
  assert.deepEqual(savedBy(bob), ['plan.pdf']);
  alice.enter();
  await send(alice, bobs, randomBytes(10), '/live');
  await world.settle();
  assert.equal(alice.story.at(-1), 'delivered');
  assert.deepEqual(savedBy(bob), ['plan.pdf', 'live']);
  assert.equal(world.keptServer.files.size, 0);
});

test('who goes away before a file has begun gets it from the server; who has begun it gets the rest from its sender', async () => {
  const world = house('alice', 'bob');
  const [alice, bob] = [who(world, 'alice'), who(world, 'bob')];
  bob.acceptUpTo = 0;
  bob.enter();
  await send(alice, bobs, randomBytes(2 * chunkBytes));
  await world.settle();
  assert.equal(alice.story.at(-1), 'asking');
  await bob.leave('killed');
  await world.settle();
  assert.equal(alice.story.at(-1), 'kept');
  await alice.leave('quit');
  bob.enter();
  await world.settle();
  assert.ok((await bob.transfers?.accept(undefined))?.ok);
  await world.settle();
  assert.deepEqual(savedBy(bob), ['plan.pdf']);

  alice.enter();
  const content = randomBytes(4 * chunkBytes);
  await send(alice, bobs, content, '/home/begun');
  await world.settle();
  assert.ok((await bob.transfers?.accept(undefined))?.ok);
  for (let turn = 0; turn < 200 && (alice.shown.at(-1)?.doneBytes ?? 0) < 2 * chunkBytes; turn++) {
    for (const one of [alice, bob]) await world.deliver(one);
    for (const port of world.moving) await world.move(port);
    await world.breathe();
  }
  await bob.leave('killed');
  for (const port of world.moving) world.cut(port);
  await world.pass(60_000);
  assert.equal(alice.story.at(-1), 'paused: away');
  bob.enter();
  await world.pass(60_000);
  assert.deepEqual(bob.disk.saved.at(-1), { name: 'begun', content });
});

test('an upload that is cut off again and again goes on where it was, under another salt each time', async () => {
  const world = house('alice', 'bob');
  const [alice, bob] = [who(world, 'alice'), who(world, 'bob')];
  const content = randomBytes(9 * chunkBytes + 1);
  await send(alice, team, content);
  for (const how of ['cut', 'killed', 'cut', 'quit'] as const) {
    await moveSome(world, 2);
    if (how === 'cut') for (const port of world.moving) world.cut(port);
    else {
      await alice.leave(how);
      alice.enter();
    }
    await world.breathe();
    if (how === 'cut') world.timers.advance(5_000);
  }
  await world.pass(120_000);
  assert.equal(alice.story.at(-1), 'kept');
  assert.deepEqual(bob.disk.saved, [{ name: 'plan.pdf', content }]);
});

test('a receiver that is killed in the middle goes on where it was, and takes the file once', async () => {
  const world = house('alice', 'bob');
  const [alice, bob] = [who(world, 'alice'), who(world, 'bob')];
  const content = randomBytes(6 * chunkBytes);
  await send(alice, team, content);
  await moveSome(world, 6 + 3);
  const [part] = [...bob.disk.parts.values()];
  assert.equal(part?.length, 3 * chunkBytes);
  for (const port of world.moving) world.cut(port);
  await bob.leave('killed');
  await alice.leave('killed');
  bob.enter();
  await world.settle();
  assert.deepEqual(bob.disk.saved, [{ name: 'plan.pdf', content }]);
  assert.equal(world.keptServer.files.size, 0);
});

test('what is asked about is asked about in the next login too, until it is decided', async () => {
  const world = house('alice', 'bob');
  const [alice, bob] = [who(world, 'alice'), who(world, 'bob')];
  bob.disk.knownSenders = [];
  bob.enter();
  await send(alice, team, randomBytes(10), '/one');
  await send(alice, team, randomBytes(10), '/two');
  await world.settle();
  assert.deepEqual(bob.story, ['asking: stranger', 'asking: stranger']);
  await bob.leave('killed');
  bob.events.length = 0;
  bob.enter();
  await world.settle();
  assert.deepEqual(bob.story, ['asking: stranger', 'asking: stranger']);
  assert.ok((await bob.transfers?.decline(1))?.ok);
  assert.ok((await bob.transfers?.accept(2))?.ok);
  await world.settle();
  assert.equal(savedBy(bob).length, 1);
  assert.equal(world.keptServer.files.size, 0);
  await bob.leave('quit');
  bob.events.length = 0;
  bob.enter();
  await world.settle();
  assert.deepEqual(bob.story, []);
});

test('somebody killed between the word about a file and the first look at it is asked all the same', async () => {
  const world = house('alice', 'bob');
  const [alice, bob] = [who(world, 'alice'), who(world, 'bob')];
  bob.disk.knownSenders = [];
  await bob.leave('quit');
  await send(alice, team, randomBytes(10));
  await world.settle();
  bob.enter();
  const said = bob.kept.find((parcel) => parcel.kind === 'said');
  assert.ok(said);
  await bob.transfers?.willBeSaid(said.news);
  // The message is stored now, and never comes again.
  bob.kept.splice(bob.kept.indexOf(said), 1);
  await bob.leave('killed');
  bob.enter();
  await world.settle();
  assert.deepEqual(bob.story, ['asking: stranger']);
});

test('what the disk has no room for stays at the server, and can be accepted again', async () => {
  const world = house('alice', 'bob');
  const [alice, bob] = [who(world, 'alice'), who(world, 'bob')];
  bob.disk.isFull = true;
  await send(alice, team, randomBytes(10));
  await world.settle();
  assert.equal(bob.story.at(-1), 'ended: no-space by me');
  bob.disk.isFull = false;
  assert.ok((await bob.transfers?.accept(undefined))?.ok);
  await world.settle();
  assert.deepEqual(savedBy(bob), ['plan.pdf']);
});

test('its sender can delete it at the server; then nobody gets it, and whoever asks is told', async () => {
  const world = house('alice', 'bob');
  const [alice, bob] = [who(world, 'alice'), who(world, 'bob')];
  bob.disk.knownSenders = [];
  bob.enter();
  await send(alice, team, randomBytes(10));
  await world.settle();
  assert.equal(alice.story.at(-1), 'kept');
  assert.ok((await alice.transfers?.cancel(1))?.ok);
  assert.equal(alice.story.at(-1), 'ended: cancelled by me');
  assert.equal(world.keptServer.files.size, 0);
  assert.ok((await bob.transfers?.accept(1))?.ok);
  await world.settle();
  assert.equal(bob.story.at(-1), 'ended: expired by peer');
  assert.deepEqual(recordsOf(bob), []);
});

test('what the server refuses ends with its reason, and nothing of it is left there', async () => {
  const world = house('alice', 'bob');
  const alice = who(world, 'alice');
  world.keptServer.quota = 2 * chunkBytes;
  await send(alice, team, randomBytes(2 * chunkBytes));
  await world.settle();
  assert.equal(alice.story.at(-1), 'ended: over-quota by me');
  world.keptServer.groups.set('team', ['bob']);
  await send(alice, team, randomBytes(10), '/other');
  await world.settle();
  assert.equal(alice.story.at(-1), 'ended: not-a-member by me');
  assert.deepEqual(recordsOf(alice), []);
  assert.equal(world.keptServer.files.size, 0);
});

test('a file for a program that does not know kept files waits for its person, as before', async () => {
  const world = house('alice', 'bob');
  const [alice, bob] = [who(world, 'alice'), who(world, 'bob')];
  world.keptServer.unable.add('bob');
  await bob.leave('quit');
  await send(alice, bobs, randomBytes(10));
  await world.pass(10_000);
  assert.equal(alice.story.at(-1), 'paused: away');
  bob.enter();
  await world.pass(60_000);
  assert.deepEqual(savedBy(bob), ['plan.pdf']);
  assert.equal(world.keptServer.files.size, 0);
});

test('nobody changes or ends a kept file that somebody else has begun, and the same word twice asks once', async () => {
  const world = house('alice', 'bob', 'mallory');
  const [alice, bob] = [who(world, 'alice'), who(world, 'bob')];
  bob.disk.knownSenders = [];
  bob.enter();
  const content = randomBytes(10);
  await send(alice, team, content);
  await bob.leave('quit');
  await world.settle();
  const said = bob.kept.find((parcel) => parcel.kind === 'said');
  assert.ok(said);
  bob.enter();
  await world.settle();
  const { news } = said;
  await bob.transfers?.said(news);
  await bob.transfers?.said({ ...news, from: 'mallory' as Username });
  await bob.transfers?.said({ ...news, file: { ...news.file, sha256: randomBytes(32) } });
  await world.settle();
  assert.equal(bob.shown.length, 1);
  assert.ok((await bob.transfers?.accept(undefined))?.ok);
  await world.settle();
  assert.deepEqual(bob.disk.saved, [{ name: 'plan.pdf', content }]);
});

test('content that is not what was sealed is not saved', async () => {
  const world = house('alice', 'bob');
  const [alice, bob] = [who(world, 'alice'), who(world, 'bob')];
  await send(alice, team, randomBytes(2 * chunkBytes));
  await moveSome(world, 2);
  while (!world.moving.some((port) => world.keptPorts.has(port)) || bob.inbox.length > 0) {
    for (const one of [alice, bob]) await world.deliver(one);
    await world.breathe();
  }
  const port = world.moving.find((one) => world.keptPorts.has(one));
  assert.ok(port !== undefined);
  await world.move(port, (chunk) => Buffer.from(chunk).fill(0));
  await world.settle();
  assert.equal(bob.story.at(-1), 'ended: corrupted by me');
  assert.deepEqual(savedBy(bob), []);
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { FileWorld, type FilePerson } from '../../../test/support/worlds/file-world.ts';
import { chunkBytes } from '../../e2ee/files/file-layout.ts';
import type { Username } from '../../wire/text.ts';

const name = (text: string): Username => text as Username;
const person = (text: string) => ({ kind: 'direct', user: name(text) }) as const;

async function offer(from: FilePerson, to: string, content: Buffer, path = '/home/report.pdf') {
  from.file(path, content);
  const sent = await from.transfers?.send(person(to), path);
  assert.ok(sent?.ok, JSON.stringify(sent));
  return sent.value;
}

function pair(): { world: FileWorld; alice: FilePerson; bob: FilePerson } {
  const world = new FileWorld();
  return { world, alice: world.join('alice'), bob: world.join('bob') };
}

const savedBy = ({ disk }: FilePerson): string[] => disk.saved.map(({ name }) => name);

test('[7.11] a file is described, announced, accepted, moved, and confirmed', async () => {
  const { world, alice, bob } = pair();
  const content = randomBytes(3 * chunkBytes + 5);
  await offer(alice, 'bob', content);
  await world.settle();
  assert.deepEqual(bob.disk.saved, [{ name: 'report.pdf', content }]);
  assert.deepEqual(alice.story, [
    'hashing',
    'queued',
    'offering',
    'preparing',
    'moving',
    'confirming',
    'delivered',
  ]);
  assert.deepEqual(bob.story, ['asking', 'queued', 'preparing', 'moving', 'saved']);
  assert.equal(alice.shown[0]?.doneBytes, content.length);
  // Nothing is left to resume. That it was delivered is remembered.
  assert.equal(alice.disk.records.size, 0);
  assert.deepEqual(
    [...bob.disk.records.keys()].map((key) => key.split('-')[0]),
    ['settled'],
  );
  assert.equal(bob.disk.parts.size, 0);
  assert.equal(world.timers.running, 0);
});

test('[7.11] a file to oneself, one that is not there, one that nobody is there for', async () => {
  const { world, alice } = pair();
  alice.file('/x', Buffer.from('x'));
  assert.deepEqual(await alice.transfers?.send(person('alice'), '/x'), {
    ok: false,
    error: { code: 'self' },
  });
  assert.deepEqual(await alice.transfers?.send(person('bob'), '/y'), {
    ok: false,
    error: { code: 'missing' },
  });
  await alice.transfers?.send(person('nobody'), '/x');
  await world.settle();
  assert.deepEqual(alice.story.at(-1), 'ended: no-such-user by me');
  assert.equal(alice.disk.records.size, 0);
});

test('what is large, what strangers send, and what comes under another key is asked about', async () => {
  for (const [prepare, why] of [
    [(bob: FilePerson) => (bob.acceptUpTo = 10), 'large'],
    [(bob: FilePerson) => (bob.disk.knownSenders = []), 'stranger'],
  ] as const) {
    const world = new FileWorld();
    const [alice, bob] = [world.join('alice'), world.join('bob')];
    prepare(bob);
    bob.enter();
    await offer(alice, 'bob', randomBytes(100));
    await world.pass(120_000);
    assert.deepEqual(bob.story, [`asking: ${why}`]);
    assert.equal(alice.story.at(-1), 'asking');
    assert.ok((await bob.transfers?.accept(1))?.ok);
    await world.settle();
    assert.deepEqual(savedBy(bob), ['report.pdf']);
    // What was accepted by hand counts as known from then on.
    await offer(alice, 'bob', randomBytes(5), '/home/next');
    await world.settle();
    assert.deepEqual(savedBy(bob), ['report.pdf', 'next']);
  }
  const { world, alice, bob } = pair();
  bob.untrusted.add(alice.key.toString('hex'));
  await offer(alice, 'bob', randomBytes(100));
  await world.settle();
  assert.deepEqual(bob.story, ['asking: key-changed']);
  assert.deepEqual(await bob.transfers?.accept(undefined), { ok: false, error: 'key-changed' });
  bob.untrusted.clear();
  assert.ok((await bob.transfers?.accept(undefined))?.ok);
  await world.settle();
  assert.deepEqual(savedBy(bob), ['report.pdf']);
});

test('what is taken from one person without asking is limited in all, not only file by file', async () => {
  const { world, alice, bob } = pair();
  bob.acceptUpTo = 250;
  bob.enter();
  for (const path of ['/1', '/2', '/3']) await offer(alice, 'bob', randomBytes(100), path);
  await world.settle();
  assert.deepEqual(savedBy(bob), ['1', '2']);
  assert.deepEqual(
    bob.story.filter((state) => state.startsWith('asking:')),
    ['asking: large'],
  );
});

test('who has only written to this user stays a stranger, in the next login too; what was taken is counted over all', async () => {
  const { world, alice, bob } = pair();
  bob.disk.knownSenders = [];
  bob.acceptUpTo = 250;
  for (const path of ['/1', '/2']) {
    await bob.leave('quit');
    bob.enter();
    await offer(alice, 'bob', randomBytes(100), path);
    await world.pass(60_000);
  }
  assert.deepEqual(savedBy(bob), []);
  for (const { number } of bob.shown) assert.ok((await bob.transfers?.decline(number))?.ok);
  bob.events.length = 0;
  // bob has written to alice, and what he accepts from her is counted over all his logins.
  bob.disk.knownSenders = [{ user: 'alice', takenBytes: 0, isWrittenTo: true }];
  for (const path of ['/3', '/4', '/5']) {
    await bob.leave('quit');
    bob.enter();
    await offer(alice, 'bob', randomBytes(100), path);
    await world.pass(60_000);
  }
  assert.deepEqual(savedBy(bob), ['3', '4']);
  assert.deepEqual(
    bob.story.filter((state) => state.startsWith('asking:')),
    ['asking: large'],
  );
});

test('declined, the sender hears of it, and the same offer is not asked about again', async () => {
  const { world, alice, bob } = pair();
  bob.acceptUpTo = 0;
  bob.enter();
  await offer(alice, 'bob', randomBytes(100));
  await world.settle();
  assert.ok((await bob.transfers?.decline(1))?.ok);
  assert.deepEqual(await bob.transfers?.decline(1), { ok: false, error: 'none' });
  await world.settle();
  assert.equal(alice.story.at(-1), 'ended: declined by peer');
  assert.equal(bob.story.at(-1), 'ended: declined by me');
  assert.equal(world.timers.running, 0);
});

test('either side cancels in the middle; the other hears why, and nothing is kept', async () => {
  for (const who of ['alice', 'bob'] as const) {
    const { world, alice, bob } = pair();
    await offer(alice, 'bob', randomBytes(10 * chunkBytes));
    while (
      world.moving.length === 0 ||
      (bob.disk.parts.values().next().value?.length ?? 0) < 2 * chunkBytes
    ) {
      const waiting = [alice, bob].find(({ inbox }) => inbox.length > 0);
      if (waiting === undefined) await world.move(world.moving[0] ?? 0);
      else await world.deliver(waiting);
      await world.breathe();
    }
    const [own, other] = who === 'alice' ? [alice, bob] : [bob, alice];
    assert.ok((await own.transfers?.cancel(undefined))?.ok);
    await world.pass(10_000);
    assert.equal(own.story.at(-1), 'ended: cancelled by me');
    assert.equal(other.story.at(-1), 'ended: cancelled by peer');
    assert.equal(bob.disk.parts.size, 0);
    assert.deepEqual(savedBy(bob), []);
    assert.equal(alice.disk.records.size, 0);
    assert.equal(world.timers.running, 0);
  }
});

test('a disk that is full, before and on the way, ends it on both sides and keeps nothing', async () => {
  for (const before of [true, false]) {
    const { world, alice, bob } = pair();
    bob.disk.isFull = before;
    await offer(alice, 'bob', randomBytes(4 * chunkBytes));
    if (!before) {
      while (world.moving.length === 0) {
        for (const person of [alice, bob]) await world.deliver(person);
        await world.breathe();
      }
      await world.move(world.moving[0] ?? 0);
      bob.disk.isFull = true;
    }
    await world.pass(20_000);
    assert.equal(bob.story.at(-1), 'ended: no-space by me');
    assert.equal(alice.story.at(-1), 'ended: no-space by peer');
    assert.equal(bob.disk.parts.size, 0);
  }
});

test('altered content ends it on both sides', async () => {
  const { world, alice, bob } = pair();
  await offer(alice, 'bob', randomBytes(4 * chunkBytes));
  while (world.moving.length === 0) {
    for (const person of [alice, bob]) await world.deliver(person);
    await world.breathe();
  }
  await world.breathe();
  for (const person of [alice, bob, alice, bob]) await world.deliver(person);
  await world.move(world.moving[0] ?? 0, (chunk) => Buffer.from(chunk.map((byte) => byte ^ 1)));
  await world.pass(10_000);
  assert.equal(bob.story.at(-1), 'ended: corrupted by me');
  assert.equal(alice.story.at(-1), 'ended: corrupted by peer');
  assert.deepEqual(savedBy(bob), []);
});

test('a file that changed meanwhile, or went away, is given up, and the receiver hears why', async () => {
  for (const [change, reason] of [
    [
      (alice: FilePerson) =>
        ((alice.disk.files.get('/home/report.pdf') ?? { modified: '' }).modified = '2'),
      'changed',
    ],
    [(alice: FilePerson) => alice.disk.files.delete('/home/report.pdf'), 'gone'],
  ] as const) {
    const { world, alice, bob } = pair();
    bob.acceptUpTo = 0;
    bob.enter();
    await offer(alice, 'bob', randomBytes(chunkBytes));
    await world.settle();
    change(alice);
    await bob.transfers?.accept(1);
    await world.pass(10_000);
    assert.equal(alice.story.at(-1), `ended: ${reason} by me`);
    assert.equal(bob.story.at(-1), `ended: ${reason} by peer`);
  }
});

test('what breaks off goes on by itself from the last chunk', async () => {
  const { world, alice, bob } = pair();
  const content = randomBytes(10 * chunkBytes);
  await offer(alice, 'bob', content);
  const kept = (): number => bob.disk.parts.values().next().value?.length ?? 0;
  let cuts = 0;
  for (let turn = 0; turn < 500 && savedBy(bob).length === 0; turn++) {
    for (const person of [alice, bob]) while (person.inbox.length > 0) await world.deliver(person);
    const before = kept();
    const [port = 0] = world.moving;
    for (let chunk = 0; chunk < 3; chunk++) await world.move(port);
    if (kept() > before && world.moving.includes(port)) {
      world.cut(port);
      cuts += 1;
    }
    await world.breathe();
    if (kept() === before) world.timers.advance(500);
  }
  assert.ok(cuts >= 3);
  await world.settle();
  assert.deepEqual(bob.disk.saved, [{ name: 'report.pdf', content }]);
  assert.equal(alice.story.at(-1), 'delivered');
});

for (const who of ['the sender', 'the receiver', 'both'] as const) {
  test(`${who} killed in the middle: it goes on when they are back, without being asked again`, async () => {
    const { world, alice, bob } = pair();
    const content = randomBytes(10 * chunkBytes);
    bob.acceptUpTo = 0;
    bob.enter();
    await offer(alice, 'bob', content);
    await world.settle();
    await bob.transfers?.accept(1);
    while ((bob.disk.parts.values().next().value?.length ?? 0) < 5 * chunkBytes) {
      const waiting = [alice, bob].find(({ inbox }) => inbox.length > 0);
      if (waiting === undefined) await world.move(world.moving[0] ?? 0);
      else await world.deliver(waiting);
      await world.breathe();
    }
    const killed = who === 'both' ? [alice, bob] : who === 'the sender' ? [alice] : [bob];
    for (const person of killed) await person.leave('killed');
    for (const port of world.moving) world.cut(port);
    await world.pass(60_000);
    for (const person of killed) {
      person.enter();
      await world.pass(1_500_000, 10_000);
    }
    assert.deepEqual(bob.disk.saved, [{ name: 'report.pdf', content }]);
    assert.equal(alice.story.at(-1), 'delivered');
    assert.equal(bob.story.filter((state) => state.startsWith('asking')).length, 1);
    assert.equal(alice.disk.records.size, 0);
    assert.equal(bob.disk.parts.size, 0);
  });
}

test('killed after the file got its name and before anybody heard: it is not received twice', async () => {
  const { world, alice, bob } = pair();
  const content = randomBytes(2 * chunkBytes);
  await offer(alice, 'bob', content);
  while (savedBy(bob).length === 0) {
    const waiting = [alice, bob].find(({ inbox }) => inbox.length > 0);
    // The disk is done with it, and at this very moment:
    if (waiting === undefined) await world.move(world.moving[0] ?? 0);
    else await world.deliver(waiting);
    if (savedBy(bob).length === 0) await world.breathe();
  }
  await bob.leave('killed');
  await world.pass(5_000);
  bob.enter();
  await world.pass(600_000, 5_000);
  assert.deepEqual(savedBy(bob), ['report.pdf']);
  assert.equal(alice.story.at(-1), 'delivered');
});

test('offered again while the disk works on the last of it: it is saved once, and nobody is asked', async () => {
  const { world, alice, bob } = pair();
  const content = randomBytes(2 * chunkBytes);
  bob.acceptUpTo = content.length;
  bob.enter();
  let flush: () => void = () => {};
  bob.disk.flushed = new Promise((resolve) => (flush = resolve));
  await offer(alice, 'bob', content);
  while ((bob.disk.parts.values().next().value?.length ?? 0) < content.length) {
    const waiting = [alice, bob].find(({ inbox }) => inbox.length > 0);
    if (waiting !== undefined) await world.deliver(waiting);
    // The last chunk is there, and the file has not got its name yet.
    else void world.move(world.moving[0] ?? 0);
    await world.breathe();
  }
  await alice.leave('killed');
  alice.enter();
  for (let turn = 0; turn < 50; turn++) {
    for (const person of [alice, bob]) await world.deliver(person);
    world.timers.advance(100);
  }
  flush();
  await world.pass(60_000);
  assert.deepEqual(bob.disk.saved, [{ name: 'report.pdf', content }]);
  assert.equal(alice.story.at(-1), 'delivered');
  assert.equal(bob.story.at(-1), 'saved');
  assert.equal(bob.story.filter((state) => state.startsWith('asking')).length, 1);
});

test('another device under the same name cannot go on with what the first one began', async () => {
  const { world, alice, bob } = pair();
  await offer(alice, 'bob', randomBytes(10 * chunkBytes));
  while ((bob.disk.parts.values().next().value?.length ?? 0) < 5 * chunkBytes) {
    const waiting = [alice, bob].find(({ inbox }) => inbox.length > 0);
    if (waiting === undefined) await world.move(world.moving[0] ?? 0);
    else await world.deliver(waiting);
    await world.breathe();
  }
  const before = bob.disk.parts.values().next().value?.length;
  await alice.leave('killed');
  for (const port of world.moving) world.cut(port);
  // It has the records of the first one, and another key that bob even trusts.
  alice.key = randomBytes(32);
  alice.enter();
  await world.pass(60_000);
  assert.deepEqual(savedBy(bob), []);
  assert.equal(bob.disk.parts.values().next().value?.length, before);
});

test('[7.11] an announcement that nobody describes is told as what cannot be verified, and not answered', async () => {
  const { world, bob } = pair();
  bob.transfers?.receive({
    verb: 'FILE_TRANS',
    from: name('alice'),
    metadata: 'size,name,checksum' as never,
  });
  await world.pass(4_000);
  assert.deepEqual(bob.story, []);
  await world.pass(2_000);
  assert.deepEqual(bob.story, ['unverifiable-file']);
  assert.equal(bob.inbox.length, 0);
});

test('eight move at a time in each direction, the rest wait for their turn', async () => {
  const { world, alice, bob } = pair();
  for (let at = 0; at < 20; at++)
    await offer(alice, 'bob', randomBytes(2 * chunkBytes), `/file-${at}`);
  let most = 0;
  for (let turn = 0; turn < 5000 && savedBy(bob).length < 20; turn++) {
    const waiting = [alice, bob].find(({ inbox }) => inbox.length > 0);
    if (waiting !== undefined) await world.deliver(waiting);
    else {
      most = Math.max(most, world.moving.length);
      for (const port of world.moving) await world.move(port);
    }
    await world.breathe();
  }
  assert.equal(savedBy(bob).length, 20);
  assert.equal(most, 8);
});

test('the same file again to the same person is one transfer', async () => {
  const { world, alice, bob } = pair();
  bob.acceptUpTo = 0;
  bob.enter();
  const first = await offer(alice, 'bob', randomBytes(100));
  await world.settle();
  assert.deepEqual(await alice.transfers?.send(person('bob'), '/home/report.pdf'), {
    ok: false,
    error: { code: 'already-sending' },
  });
  await alice.leave('killed');
  alice.enter();
  await world.pass(5_000);
  assert.equal(bob.shown.length, 1);
  assert.equal(alice.shown[0]?.name, first.name);
  await bob.transfers?.accept(1);
  await world.pass(5_000);
  assert.deepEqual(savedBy(bob), ['report.pdf']);
});

test('transfers that are a week old are not gone on with, and forgotten once the clock is known to go right', async () => {
  const { world, alice, bob } = pair();
  await offer(alice, 'bob', randomBytes(10 * chunkBytes));
  while ((bob.disk.parts.values().next().value?.length ?? 0) < chunkBytes) {
    const waiting = [alice, bob].find(({ inbox }) => inbox.length > 0);
    if (waiting === undefined) await world.move(world.moving[0] ?? 0);
    else await world.deliver(waiting);
    await world.breathe();
  }
  await alice.leave('killed');
  await bob.leave('killed');
  world.timers.advance(8 * 24 * 3_600_000);
  bob.enter();
  await world.settle();
  // The clock may be wrong, and be corrected before the next start.
  assert.equal(bob.disk.parts.size, 1);
  assert.equal(bob.disk.records.size, 1);
  assert.deepEqual(bob.shown, []);
  world.timers.advance(3_600_000);
  await world.settle();
  assert.equal(bob.disk.parts.size, 0);
  assert.equal(bob.disk.records.size, 0);
});

test('[7.11] a note that is kept for somebody who is away: it is announced when they have it, and said once', async () => {
  const { world, alice, bob } = pair();
  world.keepsNotes = true;
  await bob.leave('quit');
  const content = randomBytes(1000);
  const { number } = await offer(alice, 'bob', content);
  await world.pass(10_000);
  assert.deepEqual(alice.story, ['hashing', 'queued', 'offering', 'paused: away']);
  assert.equal(bob.kept.length, 1, 'nothing is sent again while nobody is there');
  bob.enter();
  await world.settle();
  assert.deepEqual(alice.story.slice(4), [
    'offering',
    'preparing',
    'moving',
    'confirming',
    'delivered',
  ]);
  assert.deepEqual(bob.disk.saved, [{ name: 'report.pdf', content }]);
  assert.equal(alice.said.size, 1);
  assert.equal([...alice.said.values()][0]?.name, 'report.pdf');
  assert.equal(number, 1);
  await world.pass(100_000);
  assert.equal(world.timers.running, 0);
});

test('[7.11] a kept note whose sender has gone is matched when they offer again; other files need not wait for it', async () => {
  const { world, alice, bob } = pair();
  world.keepsNotes = true;
  await bob.leave('quit');
  const content = randomBytes(1000);
  for (let at = 0; at < 12; at++) await offer(alice, 'bob', content, `/home/${at}`);
  await world.pass(10_000);
  assert.ok(alice.story.filter((state) => state === 'paused: away').length === 12, 'all are told');
  await alice.leave('killed');
  bob.enter();
  await world.pass(10_000);
  assert.deepEqual(bob.disk.saved, []);
  assert.deepEqual(bob.story, [], 'nobody is asked about what cannot come');
  alice.enter();
  await world.pass(10_000);
  assert.equal(bob.disk.saved.length, 12);
  assert.equal(alice.said.size, 12);
  await world.pass(100_000);
  assert.equal(world.timers.running, 0);
});

test('[7.11] whoever was asked and came back with another program is asked again, by kept notes too', async () => {
  const { world, alice, bob } = pair();
  world.keepsNotes = true;
  bob.disk.knownSenders = [];
  await bob.leave('quit');
  bob.enter();
  await offer(alice, 'bob', randomBytes(1000));
  await world.settle();
  assert.deepEqual(bob.story, ['asking: stranger']);
  await bob.leave('killed');
  bob.enter();
  await world.settle();
  assert.deepEqual(bob.story, ['asking: stranger', 'paused: logged-out', 'asking: stranger']);
  assert.ok((await bob.transfers?.accept(undefined))?.ok);
  await world.settle();
  assert.equal(bob.disk.saved.length, 1);
});

test('[7.11] kept notes that are damaged, unknown, repeated or too late change nothing', async () => {
  const { world, alice, bob } = pair();
  world.keepsNotes = true;
  const content = randomBytes(1000);
  await offer(alice, 'bob', content);
  await world.settle();
  const [id = ''] = alice.said.keys();
  const send = (from: FilePerson, to: string, ...bytes: number[]): void =>
    void world.note(from, to, Uint8Array.from(bytes));
  const idBytes = [...Buffer.from(id, 'hex')];
  for (const kind of [2, 3, 4, 5, 6, 7, 99]) {
    send(alice, 'bob', 1, kind, ...idBytes);
    send(alice, 'bob', 9, kind, ...idBytes);
    send(bob, 'alice', 1, kind, ...idBytes.toReversed());
  }
  send(alice, 'bob');
  await world.settle();
  assert.deepEqual(savedBy(bob), ['report.pdf']);
  assert.equal(alice.story.at(-1), 'delivered');
  assert.equal(bob.story.at(-1), 'saved');
});

// Kept files in the hub [13.8]: who may bring what, whom it is for, and when it goes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inShort, SealedStage } from '../../../../test/support/sealed-stage.ts';
import {
  alice,
  bob,
  carol,
  dave,
  dayMs,
  erin,
  fileId,
  keptLimits,
  KeptStage,
} from '../../../../test/support/kept-stage.ts';
import { lobbyGroup } from '../../../wire/extended/names.ts';
import type { LogId } from '../../records.ts';

/** A file of alice that was said to the group. */
function sent(letter = 'f', stage = new KeptStage()): KeptStage {
  stage.bring(alice, letter, 100);
  assert.deepEqual(stage.say(alice, letter), ['SENT']);
  stage.clear();
  return stage;
}

test('[13.8] an upload is answered with a port, and with what is on the disk while it comes and at its end', () => {
  const kept = new KeptStage();
  assert.deepEqual(kept.ask(alice, 'f', '#lunch', { bytes: 100, from: 0 }), []);
  const plan = kept.opened();
  assert.deepEqual([plan.from, plan.to], [0, 100]);
  const [answer] = kept.stage.events(alice);
  assert.ok(typeof answer === 'object' && answer.verb === 'UPLOAD');
  assert.deepEqual([answer.have, answer.port, answer.ticket?.length], [0, 4000, 43]);
  kept.moved(plan, 40);
  assert.deepEqual(kept.stored, { f: 40 });
  kept.over(plan, 60);
  assert.deepEqual(
    kept.stage.events(alice).map((event) => typeof event === 'object' && { ...event }),
    [
      { verb: 'KEPT', id: fileId('f'), have: 40 },
      { verb: 'KEPT', id: fileId('f'), have: 60, over: true },
    ],
  );
  assert.deepEqual(kept.stored, { f: 60 });
});

test('[13.8] an upload goes on where it ended, also after a restart, and is cut where the next attempt begins', () => {
  const kept = new KeptStage();
  kept.bring(alice, 'f', 60);
  kept.restart();
  kept.world.account(alice, 'alice');
  const [answer] = kept.ask(alice, 'f');
  assert.ok(typeof answer === 'object' && answer.verb === 'UPLOAD');
  assert.deepEqual([answer.have, answer.port], [60, undefined]);
  assert.deepEqual(inShort(kept.ask(alice, 'f', '#lunch', { bytes: 90, from: 61 })), [
    'file-shorter',
  ]);
  assert.deepEqual(kept.ask(alice, 'f', '#lunch', { bytes: 90, from: 50 }), []);
  // Stored before anything is cut: a crash in between leaves more on the disk than counts.
  assert.deepEqual(kept.stored, { f: 50 });
  assert.deepEqual([kept.plan.from, kept.plan.to], [50, 90]);
  kept.over(kept.opened(), 90);
  assert.deepEqual(kept.stored, { f: 90 });
});

test('[13.8] a later attempt ends the one before, whose last word does not count', () => {
  const kept = new KeptStage();
  kept.ask(alice, 'f', '#lunch', { bytes: 100, from: 0 });
  const first = kept.opened();
  kept.moved(first, 80);
  kept.stage.read(alice);
  kept.ports();
  kept.ask(alice, 'f', '#lunch', { bytes: 100, from: 20 });
  assert.deepEqual(kept.ports(), ['close', 'open UPLOAD 20-100']);
  kept.moved(first, 95);
  kept.over(first, 99);
  assert.deepEqual(kept.files, { f: 20 });
  assert.deepEqual(kept.stage.events(alice), []);
  // One whose port was not open yet is answered.
  kept.ask(alice, 'f', '#lunch', { bytes: 100, from: 0 });
  const [, second] = [...kept.kept.transfers.keys()];
  kept.ask(alice, 'f', '#lunch', { bytes: 100, from: 0 });
  kept.stage.run({ type: 'keptOver', transfer: second as never, have: undefined, why: undefined });
  assert.deepEqual(inShort(kept.stage.events(alice)), ['too-many-transfers']);
});

test('[13.8] files go to sealed groups and to people, by the connection with the private conversations', () => {
  const kept = new KeptStage();
  const code = (connection: number, place: string) =>
    inShort(kept.ask(connection, 'f', place, { bytes: 9, from: 0 }));
  kept.stage.line(alice, 'CREATE_GROUP /create_group open');
  kept.stage.read(alice);
  assert.deepEqual(code(alice, 'lobby'), ['not-sealed']);
  assert.deepEqual(code(alice, '#open'), ['not-sealed']);
  assert.deepEqual(code(alice, '#nowhere'), ['no-such-place']);
  assert.deepEqual(code(dave, '#lunch'), ['not-a-member']);
  assert.deepEqual(code(erin, '#lunch'), ['no-such-place']);
  assert.deepEqual(code(alice, '@alice'), ['to-yourself']);
  assert.deepEqual(code(alice, '@nobody'), ['no-such-account']);
  kept.stage.account(9, 'frank', { private: false });
  assert.deepEqual(code(9, '@alice'), ['not-here']);
  for (const verb of ['FETCH', 'TAKEN', 'DROP'] as const) {
    assert.deepEqual(inShort(kept.request(9, verb, 'f')), ['not-here'], verb);
  }
  assert.deepEqual(kept.ports(), []);
  assert.deepEqual(code(erin, '@alice'), []);
});

test('[13.8] a server that keeps no files, or nothing of such conversations, says so', () => {
  for (const env of [
    { keptFiles: undefined },
    { keep: { lobby: true, groups: false, direct: false } },
  ]) {
    const kept = new KeptStage();
    kept.restart(env);
    kept.world.account(alice, 'alice');
    for (const place of ['#lunch', '@bob']) {
      assert.deepEqual(inShort(kept.ask(alice, 'f', place, { bytes: 9, from: 0 })), ['not-kept']);
    }
  }
});

test('[13.8] what is malformed, or cannot be stored, is refused and changes nothing', () => {
  const kept = new KeptStage();
  assert.deepEqual(inShort(kept.ask(alice, 'f', '#lunch', { from: 0 })), ['malformed']);
  kept.bring(alice, 'f', 10);
  assert.deepEqual(inShort(kept.ask(alice, 'f', '#lunch', { bytes: 4, from: 5 })), ['malformed']);
  kept.stage.run({ type: 'room', isThere: false });
  assert.deepEqual(inShort(kept.ask(alice, 'g', '#lunch', { bytes: 4, from: 0 })), ['no-room']);
  kept.stage.run({ type: 'room', isThere: true });
  kept.stage.run({ type: 'storing', works: false });
  assert.deepEqual(inShort(kept.ask(alice, 'g', '#lunch', { bytes: 4, from: 0 })), [
    'store-failed',
  ]);
  for (const verb of ['TAKEN', 'DROP'] as const) {
    assert.deepEqual(inShort(kept.request(alice, verb, 'f')), ['store-failed'], verb);
  }
  assert.deepEqual(kept.files, { f: 10 });
});

test('[13.8] quotas: an upload counts with its bound and a sent file with its bytes, and room comes back', () => {
  const kept = new KeptStage({ quota: 1000, total: 1500 });
  const up = (connection: number, letter: string, bytes: number) =>
    kept.ask(connection, letter, '#lunch', { bytes, from: 0 });
  assert.deepEqual(inShort(up(alice, 'f', 1001)), ['file-too-large']);
  assert.deepEqual(up(alice, 'f', 700), []);
  kept.over(kept.opened(), 100);
  kept.clear();
  const [refusal] = up(alice, 'g', 301);
  assert.ok(typeof refusal === 'object' && refusal.verb === 'FAILED');
  assert.deepEqual([refusal.code, refusal.room], ['file-quota', 300]);
  // The same file may have another bound.
  assert.deepEqual(kept.ask(alice, 'f', '#lunch', { bytes: 1000, from: 100 }), []);
  kept.over(kept.opened(), 100);
  assert.deepEqual(inShort(up(bob, 'h', 501)), ['files-full']);
  kept.clear();
  assert.deepEqual(kept.say(alice, 'f'), ['SENT']);
  assert.deepEqual(up(alice, 'g', 900), []);
  assert.deepEqual(inShort(up(bob, 'h', 501)), ['files-full']);
  assert.deepEqual(inShort(kept.request(alice, 'DROP', 'g')), ['DROPPED']);
  assert.deepEqual(up(bob, 'h', 1000), []);
  kept.request(alice, 'DROP', 'f');
  kept.request(bob, 'DROP', 'h');
  assert.deepEqual([kept.kept.bytes, kept.kept.comingBytes, kept.files], [0, 0, {}]);
});

test('[13.8] no upload begins that the disk has no room for, what others still bring counted', () => {
  const kept = new KeptStage();
  const up = (letter: string, bytes: number, spare: number, from = 0) =>
    inShort(kept.ask(alice, letter, '#lunch', { bytes, from }, spare));
  assert.deepEqual(up('f', 100, 99), ['files-full']);
  assert.deepEqual(up('f', 100, 100), []);
  kept.moved(kept.opened(), 40);
  kept.clear();
  assert.deepEqual(up('g', 50, 109), ['files-full']);
  assert.deepEqual(up('g', 50, 110), []);
  // What is on the disk already needs no more room.
  assert.deepEqual(up('f', 100, 109, 40), ['files-full']);
  assert.deepEqual(up('f', 100, 110, 40), []);
});

test('[13.8] the number of files and of transfers of an account is bounded', () => {
  const kept = new KeptStage({}, { maxKeptFilesPerAccount: 2, maxTransfersPerUser: 3 });
  kept.bring(alice, 'a', 1);
  kept.bring(alice, 'b', 1);
  assert.deepEqual(inShort(kept.ask(alice, 'c', '#lunch', { bytes: 1, from: 0 })), [
    'too-many-files',
  ]);
  assert.deepEqual(kept.say(alice, 'a'), ['SENT']);
  kept.clear();
  for (let at = 0; at < 3; at++) assert.deepEqual(kept.fetch(bob, 'a'), []);
  assert.deepEqual(inShort(kept.fetch(bob, 'a')), ['too-many-transfers']);
  assert.deepEqual(kept.fetch(carol, 'a'), []);
  kept.over(kept.opened());
  // One that was ended counts until it has ended.
  kept.request(alice, 'DROP', 'a');
  kept.bring(alice, 'c', 1);
  kept.say(alice, 'c');
  assert.deepEqual(inShort(kept.fetch(bob, 'c')), ['too-many-transfers']);
  for (const transfer of kept.kept.transfers.keys()) {
    kept.stage.run({ type: 'keptOver', transfer, have: undefined, why: undefined });
  }
  assert.deepEqual(inShort(kept.heard(bob)), ['file-gone', 'file-gone', 'file-gone']);
  assert.deepEqual(kept.fetch(bob, 'c'), []);
});

test('[13.8] no port: the request is refused, and the file stays; lost bytes: it goes', () => {
  const kept = sent();
  kept.fetch(bob, 'f');
  const { transfer } = kept.plan;
  kept.stage.run({ type: 'keptFailed', transfer, why: 'no-port' });
  const [failed] = kept.stage.events(bob);
  assert.ok(typeof failed === 'object' && failed.verb === 'FAILED');
  assert.deepEqual([failed.code, failed.request, failed.retryMs], ['no-port', 'FETCH', 5000]);
  kept.fetch(bob, 'f');
  kept.stage.run({ type: 'keptFailed', transfer: kept.plan.transfer, why: 'lost' });
  assert.deepEqual(inShort(kept.stage.events(bob)), ['file-gone']);
  assert.deepEqual([kept.files, kept.stored], [{}, {}]);
});

test('[13.8] a message names a whole file of its sender in its conversation, and no other', () => {
  const kept = new KeptStage();
  assert.deepEqual(kept.say(alice, 'f'), ['file-unknown']);
  kept.ask(alice, 'f', '#lunch', { bytes: 10, from: 0 });
  const plan = kept.opened();
  kept.clear();
  assert.deepEqual(kept.say(alice, 'f'), ['file-unknown']);
  kept.over(plan, 10);
  kept.clear();
  assert.deepEqual(kept.say(bob, 'f'), ['file-unknown']);
  assert.deepEqual(kept.tell(alice, 'f', 'bob'), ['file-unknown']);
  const id = kept.world.nextId(alice);
  const text = 'hello' as never;
  kept.stage.request(alice, { verb: 'SEND', in: 'lobby', id, text, file: fileId('f') } as never);
  assert.deepEqual(inShort(kept.stage.events(alice)), ['malformed']);
  kept.world.takeBack(alice);
  assert.deepEqual(kept.say(alice, 'f'), ['SENT']);
  const [line] = kept.stage.read(bob).slice(-1);
  // Only the content says which file.
  assert.doesNotMatch(line ?? '', /file|Zm/);
  // A message that was refused is said again.
  assert.deepEqual(kept.say(alice, 'f'), ['SENT']);
});

test('[13.8] the id of a file of somebody else is no way to it', () => {
  const kept = sent();
  for (const connection of [bob, dave]) {
    const place = connection === bob ? '#lunch' : '@bob';
    assert.deepEqual(inShort(kept.ask(connection, 'f', place, { bytes: 10, from: 0 })), [
      'file-unknown',
    ]);
    const [asked] = kept.ask(connection, 'f', place);
    assert.ok(typeof asked === 'object' && asked.verb === 'UPLOAD');
    assert.deepEqual([asked.have, asked.sent], [0, undefined]);
    assert.deepEqual(inShort(kept.request(connection, 'DROP', 'f')), ['DROPPED']);
  }
  assert.deepEqual(inShort(kept.ask(alice, 'f', '@bob', { bytes: 10, from: 0 })), ['file-unknown']);
  assert.deepEqual(inShort(kept.ask(alice, 'f', '#lunch', { bytes: 10, from: 0 })), ['file-sent']);
  assert.deepEqual(kept.files, { f: 100 });
});

test('[13.8] those fetch who were there when it was said: no stranger, nobody who came later, not its sender', () => {
  const kept = sent();
  assert.deepEqual(kept.fetch(bob, 'f', 30), []);
  kept.opened();
  const [answer] = kept.stage.events(bob);
  assert.ok(typeof answer === 'object' && answer.verb === 'FETCH');
  assert.deepEqual([answer.bytes, answer.port], [100, 4000]);
  assert.deepEqual([kept.plan.verb, kept.plan.from, kept.plan.to], ['FETCH', 30, 100]);
  assert.deepEqual(inShort(kept.fetch(bob, 'f', 101)), ['malformed']);
  kept.world.commit(dave, 'lunch', 'enter');
  kept.clear();
  for (const connection of [alice, dave, erin]) {
    assert.deepEqual(inShort(kept.fetch(connection, 'f')), ['file-gone'], String(connection));
    // Nor does their word count.
    assert.deepEqual(inShort(kept.request(connection, 'TAKEN', 'f')), ['TAKEN']);
  }
  assert.deepEqual(inShort(kept.fetch(bob, 'g')), ['file-gone']);
  // A guest has no requests at all.
  kept.stage.guest(11, 'gast');
  kept.stage.request(11, { verb: 'FETCH', label: 'r', id: fileId('f'), from: 0 });
  assert.deepEqual(kept.stage.read(11), ['-SOFT_ERR unknown command']);
  assert.deepEqual(kept.files, { f: 100 });
});

test('[13.8] who was kicked or has left fetches nothing, and what they fetch ends', () => {
  const kept = sent();
  kept.fetch(bob, 'f');
  kept.opened();
  kept.clear();
  kept.stage.line(alice, 'KICK /kick lunch bob');
  assert.deepEqual(kept.ports(), ['close']);
  kept.stage.read(bob);
  assert.deepEqual(inShort(kept.fetch(bob, 'f')), ['file-gone']);
  assert.deepEqual(kept.fetch(carol, 'f'), []);
});

test('[13.8] it goes when all have taken it or are out, and may be fetched again until then', () => {
  const kept = sent();
  assert.deepEqual(inShort(kept.request(bob, 'TAKEN', 'f')), ['TAKEN']);
  assert.deepEqual(inShort(kept.request(bob, 'TAKEN', 'f')), ['TAKEN']);
  assert.deepEqual(kept.fetch(bob, 'f'), []);
  kept.restart();
  kept.world.account(carol, 'carol');
  assert.deepEqual(kept.files, { f: 100 });
  assert.deepEqual(inShort(kept.request(carol, 'TAKEN', 'f')), ['TAKEN']);
  assert.deepEqual([kept.files, kept.stored, kept.ports()], [{}, {}, ['remove']]);
  // A repeat after a lost answer.
  assert.deepEqual(inShort(kept.request(carol, 'TAKEN', 'f')), ['TAKEN']);
});

test('[13.8] members who leave count as having taken it; an upload of theirs that was not sent goes', () => {
  const kept = sent();
  kept.bring(bob, 'u', 10);
  kept.bring(bob, 'd', 10, '@carol');
  kept.request(carol, 'TAKEN', 'f');
  kept.clear();
  kept.stage.line(bob, 'LEAVE_GROUP /leave lunch');
  assert.deepEqual(kept.files, { d: 10 });
  // What a leaver has sent stays for the others.
  kept.world.commit(carol, 'lunch', 'rotate');
  kept.bring(carol, 'c', 10);
  assert.deepEqual(kept.say(carol, 'c'), ['SENT']);
  kept.stage.line(carol, 'LEAVE_GROUP /leave lunch');
  assert.deepEqual(kept.files, { d: 10, c: 10 });
  assert.deepEqual(kept.fetch(alice, 'c'), []);
});

test('[13.8] a file for nobody goes at once', () => {
  const kept = new KeptStage();
  kept.stage.line(alice, 'KICK /kick lunch bob');
  kept.stage.line(alice, 'KICK /kick lunch carol');
  kept.clear();
  kept.bring(alice, 'f', 10);
  const last = kept.world.state('lunch');
  assert.ok(last.lastOut > 0);
  kept.world.commit(alice, 'lunch', 'rotate');
  assert.deepEqual(kept.say(alice, 'f'), ['SENT']);
  assert.deepEqual([kept.files, kept.stored], [{}, {}]);
});

test('[13.8] a file for a person, who is away, and to whom nobody else may ask', () => {
  const kept = new KeptStage();
  kept.stage.disconnect(dave);
  kept.bring(alice, 'f', 10, '@dave');
  assert.deepEqual(kept.tell(alice, 'f', 'dave'), ['SENT']);
  kept.clear();
  assert.deepEqual(inShort(kept.fetch(bob, 'f')), ['file-gone']);
  kept.world.account(12, 'dave');
  assert.deepEqual(kept.fetch(12, 'f'), []);
  assert.deepEqual(inShort(kept.request(12, 'TAKEN', 'f')), ['TAKEN']);
  assert.deepEqual(kept.files, {});
});

test('[13.8] time: a day for an upload from its last byte, two weeks for a sent file, by the age clock', () => {
  const kept = sent();
  kept.ask(alice, 'u', '#lunch', { bytes: 100, from: 0 });
  const plan = kept.opened();
  kept.age(dayMs - 1);
  assert.deepEqual(kept.files, { f: 100, u: 0 });
  kept.moved(plan, 50);
  kept.age(dayMs - 1);
  assert.deepEqual(kept.files, { f: 100, u: 50 });
  kept.clear();
  kept.age(1);
  assert.deepEqual([kept.files, kept.ports()], [{ f: 100 }, ['close', 'remove']]);
  kept.over(plan, 60);
  const [told] = kept.stage.events(alice);
  assert.ok(typeof told === 'object' && told.verb === 'KEPT');
  assert.deepEqual([told.over, told.code], [true, 'file-gone']);
  // Over a restart, and while nothing can be stored it waits.
  kept.restart();
  kept.stage.run({ type: 'storing', works: false });
  kept.age(12 * dayMs + 1);
  assert.deepEqual(kept.files, { f: 100 });
  kept.stage.run({ type: 'storing', works: true });
  kept.age(0);
  assert.deepEqual([kept.files, kept.stored], [{}, {}]);
});

test('[13.8] where files are not kept any more, those of before go at the start', () => {
  const kept = sent();
  kept.restart({ keptFiles: undefined });
  assert.deepEqual([kept.files, kept.stored, kept.ports()], [{}, {}, ['remove']]);
});

test('[13.8] files go with their group, their owner, the account of the last who waits, and their message', () => {
  const ends: Record<string, (kept: KeptStage) => void> = {
    group: ({ stage }) => stage.request(alice, { verb: 'END_GROUP', label: 'e', in: '#lunch' }),
    owner: ({ stage }) => stage.admin({ act: 'remove-account', name: 'alice' }),
    receivers: ({ stage }) => {
      stage.admin({ act: 'remove-account', name: 'bob' });
      stage.admin({ act: 'remove-account', name: 'carol' });
    },
    message: ({ stage }) => {
      const log = stage.hub.groups.get('lunch')?.log;
      assert.ok(log);
      stage.run({ type: 'trimmed', trimmed: [{ log: log.id, first: log.last }] });
      assert.equal(stage.hub.kept.files.size, 1);
      stage.run({ type: 'trimmed', trimmed: [{ log: log.id, first: log.last + 1 }] });
    },
  };
  for (const [what, end] of Object.entries(ends)) {
    const kept = sent();
    end(kept);
    assert.deepEqual([kept.files, kept.stored], [{}, {}], what);
  }
});

test('[13.8] of two people: a file waits also when its message is fetched and gone, and not when it is gone unfetched', () => {
  for (const isFetched of [true, false]) {
    const kept = new KeptStage();
    kept.bring(alice, 'f', 10, '@bob');
    kept.tell(alice, 'f', 'bob');
    kept.tell(alice, 'f', 'bob');
    const log = kept.stage.memory.records().logs.find(({ name }) => name === '@alice+bob')?.log;
    if (isFetched) {
      kept.stage.request(bob, { verb: 'GOT', label: undefined, in: '@alice', seq: 2 });
    }
    kept.stage.run({ type: 'trimmed', trimmed: [{ log: log as LogId, first: 3 }] });
    assert.deepEqual(kept.files, isFetched ? { f: 10 } : {}, String(isFetched));
  }
});

test('[13.8] what is on its way ends with the connection to the chat, and what came of it is kept', () => {
  const kept = sent();
  kept.ask(alice, 'u', '#lunch', { bytes: 100, from: 0 });
  const plan = kept.opened();
  kept.clear();
  kept.stage.disconnect(alice);
  assert.deepEqual(kept.ports(), ['close']);
  kept.over(plan, 70);
  assert.deepEqual([kept.files, kept.kept.transfers.size], [{ f: 100, u: 70 }, 0]);
  // Also of who is banned.
  kept.fetch(bob, 'f');
  kept.clear();
  kept.stage.admin({ act: 'ban', name: 'bob' });
  assert.deepEqual(kept.ports(), ['close']);
});

test('[13.8] a disk that fills ends uploads, and a failing one says so', () => {
  for (const isWatched of [true, false]) {
    const kept = new KeptStage();
    kept.ask(alice, 'u', '#lunch', { bytes: 100, from: 0 });
    const plan = kept.opened();
    kept.clear();
    if (isWatched) kept.stage.run({ type: 'room', isThere: false });
    assert.deepEqual(kept.ports(), isWatched ? ['close'] : []);
    kept.over(plan, 70, isWatched ? undefined : 'no-room');
    const [told] = kept.stage.events(alice);
    assert.ok(typeof told === 'object' && told.verb === 'KEPT');
    assert.deepEqual([told.have, told.over, told.code], [70, true, 'no-room']);
  }
});

test('[13.8] files whose bytes are not on the disk are forgotten', () => {
  const kept = sent();
  kept.restart();
  kept.world.account(bob, 'bob');
  kept.stage.run({ type: 'keptLost', ids: [fileId('f'), fileId('x')] });
  assert.deepEqual([kept.files, kept.stored], [{}, {}]);
  assert.deepEqual(inShort(kept.fetch(bob, 'f')), ['file-gone']);
});

test('[13.8] files go to a sealed lobby, too, for those who have entered it', () => {
  const world = new SealedStage({ sealedLobby: true, keptFiles: keptLimits });
  for (const [at, name] of ['alice', 'bob', 'carol'].entries()) world.account(at + 1, name);
  world.found(1, lobbyGroup);
  world.commit(2, lobbyGroup, 'enter');
  world.clear(1, 2, 3);
  const { stage } = world;
  const id = fileId('f');
  const upload = { verb: 'UPLOAD', label: 'u', in: 'lobby', id, bytes: 9, from: 0 } as const;
  stage.request(3, upload);
  assert.deepEqual(inShort(stage.events(3)), ['not-a-member']);
  stage.request(1, upload);
  const [transfer] = stage.hub.kept.transfers.keys();
  assert.ok(transfer !== undefined);
  stage.run({ type: 'keptOver', transfer, have: 9, why: undefined });
  world.clear(1, 2, 3);
  assert.deepEqual(inShort(world.say(1, lobbyGroup, { file: id })), ['SENT']);
  world.clear(2, 3);
  stage.request(3, { verb: 'FETCH', label: 'r', id, from: 0 });
  assert.deepEqual(inShort(stage.events(3)), ['file-gone']);
  stage.request(2, { verb: 'TAKEN', label: 'r', id });
  assert.deepEqual([...stage.hub.kept.files], []);
});

test('[13.8] a message that could not be stored is said again with its file', () => {
  const kept = new KeptStage();
  kept.bring(alice, 'f', 10);
  kept.stage.disk = false;
  assert.deepEqual(kept.say(alice, 'f'), ['store-failed']);
  kept.stage.disk = true;
  assert.deepEqual(kept.say(alice, 'f'), ['SENT']);
  assert.deepEqual(kept.fetch(bob, 'f'), []);
});

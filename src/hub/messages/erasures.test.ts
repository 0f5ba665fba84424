// ERASE in the hub [14.30]: who may, and what goes with it. Who is refused in open conversations is in
// test/transcripts/contents.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, carol, dave, fileId, KeptStage } from '../../../test/support/kept-stage.ts';
import { inShort, SealedStage } from '../../../test/support/sealed-stage.ts';
import { lobbyGroup } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import type { SaidLine } from '../inputs.ts';
import type { ConnectionId } from '../effects.ts';
import { Stage } from '../stage.fixture.ts';

function line(from: string, part: Partial<SaidLine> = {}): SaidLine {
  return { from: from as Username, isGuest: false, isMessage: true, at: Infinity, ...part };
}

/** An ERASE of somebody, where the log has `line` under the number. Returns the answer in short. */
function erase(stage: Stage, connection: number, place: string, seq: number, line?: SaidLine) {
  const request = { verb: 'ERASE', label: 'e', in: place, seq } as const;
  stage.events(connection);
  stage.run({ type: 'erase', connection: connection as ConnectionId, request, line });
  return inShort(stage.events(connection)).join(' ');
}

test('[14.30] in a sealed group the admins of its roster may, its other members their own', () => {
  const world = new SealedStage();
  const { stage } = world;
  for (const [at, name] of ['alice', 'bob', 'carol'].entries()) world.account(at + 1, name);
  world.found(alice, 'lunch');
  world.commit(bob, 'lunch', 'enter');
  world.say(bob, 'lunch');
  const { last } = world.stage.hub.groups.get('lunch')?.log ?? { last: 0 };
  const of = line('bob');
  assert.equal(erase(stage, carol, '#lunch', last, of), 'not-a-member');
  world.commit(carol, 'lunch', 'enter');
  assert.equal(erase(stage, carol, '#lunch', last, of), 'not-yours');
  assert.equal(erase(stage, bob, '#lunch', last, of), 'ERASED');
  assert.equal(erase(stage, alice, '#lunch', last, of), 'ERASED');
  const admins = [world.person('alice').root16, world.person('bob').root16];
  const records = [world.record(alice, 'lunch', { kind: 'admins', admins })];
  assert.deepEqual(inShort(world.commit(alice, 'lunch', 'rotate', { records })).at(-1), 'SENT');
  assert.equal(erase(stage, bob, '#lunch', last, line('carol')), 'ERASED', 'the second admin');
  assert.equal(
    erase(stage, bob, '#lunch', last, line('carol', { isMessage: false })),
    'no-such-message',
  );
});

test('[13.13] a sealed message that names its time is erased after twice that, and its kept file goes', () => {
  const kept = new KeptStage();
  const { stage } = kept;
  kept.bring(alice, 'f', 10, '#lunch');
  kept.world.say(alice, 'lunch', { file: fileId('f'), ttl: 3_600 });
  const log = stage.hub.groups.get('lunch')?.log;
  assert.ok(log);
  const seq = log.last;
  const ends = kept.kept.age + 7_200_000;
  assert.deepEqual([...stage.memory.expiring(log.id)], [[seq, ends]]);
  assert.deepEqual(kept.files, { f: 10 });
  stage.run({ type: 'expired', lines: [{ log: log.id, seq: seq - 1 }] });
  assert.deepEqual(kept.files, { f: 10 });
  stage.run({ type: 'expired', lines: [{ log: log.id, seq }] });
  assert.deepEqual(kept.files, {});
});

test('[14.30] in a sealed lobby nobody erases what others said, whoever has founded it', () => {
  const world = new SealedStage({ sealedLobby: true });
  for (const [at, name] of ['alice', 'bob'].entries()) world.account(at + 1, name);
  world.found(alice, lobbyGroup);
  world.commit(bob, lobbyGroup, 'enter');
  world.say(bob, lobbyGroup);
  assert.equal(erase(world.stage, alice, 'lobby', 3, line('bob')), 'not-yours');
  assert.equal(erase(world.stage, bob, 'lobby', 3, line('bob')), 'ERASED');
});

test('[14.30] in a sealed private conversation, each their own, and its founder no more', () => {
  const world = new SealedStage();
  for (const [at, name] of ['alice', 'bob'].entries()) world.roomy(at + 1, name);
  assert.ok(inShort(world.foundPrivate(alice, '@alice+bob')).includes('SENT'));
  world.commit(bob, '@alice+bob', 'enter');
  world.say(bob, '@alice+bob');
  const seq = world.direct('@alice+bob')?.log.last ?? 0;
  assert.equal(erase(world.stage, alice, '@bob', seq, line('bob')), 'not-yours');
  assert.equal(erase(world.stage, bob, '@alice', seq, line('bob')), 'ERASED');
});

test('[14.30] what somebody of the same name said before is not theirs', () => {
  const stage = new Stage();
  stage.account(1, 'alice');
  stage.line(1, 'BCST of the first alice');
  const first = line('alice', { at: stage.now - 1 });
  stage.admin({ act: 'remove-account', name: 'alice' });
  stage.pass(1000);
  stage.account(2, 'alice');
  assert.equal(erase(stage, 2, 'lobby', 1, first), 'not-yours');
  assert.equal(erase(stage, 2, 'lobby', 1, line('alice', { isGuest: true })), 'not-yours');
  assert.equal(erase(stage, 2, 'lobby', 1, line('alice', { at: stage.now })), 'ERASED');
});

test('[14.30] while nothing can be stored nothing is erased', () => {
  const stage = new Stage();
  stage.account(1, 'alice');
  stage.line(1, 'BCST hello');
  stage.run({ type: 'storing', works: false });
  assert.equal(erase(stage, 1, 'lobby', 1, line('alice')), 'store-failed');
  stage.run({ type: 'storing', works: true });
  assert.equal(erase(stage, 1, 'lobby', 1, line('alice')), 'ERASED');
});

test('[14.30] the kept file goes that the message is the last to name, and no other', () => {
  const kept = new KeptStage();
  kept.bring(alice, 'f', 100);
  kept.bring(alice, 'g', 100);
  for (const letter of ['f', 'g']) assert.deepEqual(kept.say(alice, letter), ['SENT']);
  const first = (kept.stage.hub.groups.get('lunch')?.log?.last ?? 0) - 1;
  assert.deepEqual(kept.say(alice, 'f'), ['SENT']);
  assert.equal(erase(kept.stage, alice, '#lunch', first, line('alice')), 'ERASED');
  assert.deepEqual(kept.stored, { f: 100, g: 100 }, 'said once more behind it');
  assert.equal(erase(kept.stage, bob, '#lunch', first + 1, line('alice')), 'not-yours');
  assert.equal(erase(kept.stage, dave, '#lunch', first + 1, line('alice')), 'not-a-member');
  kept.stage.portEffects.length = 0;
  assert.equal(erase(kept.stage, alice, '#lunch', first + 1, line('alice')), 'ERASED');
  assert.deepEqual([kept.stored, kept.ports()], [{ f: 100 }, ['remove']]);
});

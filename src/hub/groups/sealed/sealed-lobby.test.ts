// A lobby that is a sealed group [13.9] in the hub: for accounts that can take part, and for nobody else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inShort, SealedStage } from '../../../../test/support/sealed-stage.ts';
import { ciphers } from '../../../../test/support/statements.ts';
import type { ExtendedEvent } from '../../../wire/extended/events.ts';
import { lobbyGroup } from '../../../wire/extended/names.ts';
import type { RequestOf } from '../../../wire/extended/requests.ts';
import { Stage } from '../../stage.fixture.ts';

const sealed = { sealedLobby: true };
const notForYou =
  '-SOFT_ERR the lobby of this server is sealed: it is for accounts, with a program that can encrypt for groups';

/** How a login describes the lobby. */
function lobbyIn(events: readonly (string | ExtendedEvent)[]) {
  const welcome = events.find((event) => typeof event === 'object' && event.verb === 'WELCOME');
  assert.ok(typeof welcome === 'object' && welcome.verb === 'WELCOME');
  return welcome.conversations.find((one) => one.in === 'lobby');
}

const text = (id: string): RequestOf<'SEND'> => ({
  verb: 'SEND',
  label: 's',
  in: 'lobby',
  id,
  text: 'in the open' as NonNullable<RequestOf<'SEND'>['text']>,
});

test('[13.9] guests are told that the lobby is sealed, and accounts that they are to seal it; nothing is said there before', () => {
  const world = new SealedStage(sealed);
  const { stage } = world;
  const lobby = lobbyIn(world.account(1, 'alice'));
  assert.deepEqual([lobby?.sealed, lobby?.groupId], [true, undefined]);
  assert.equal(lobbyIn(world.account(2, 'oldie', false)), undefined);
  stage.guest(3, 'gus');
  world.clear(1, 2, 3);
  stage.line(3, 'BCST hello');
  assert.deepEqual(stage.read(3), [notForYou]);
  stage.request(1, text('s1.1'));
  assert.deepEqual(inShort(stage.events(1)), ['is-sealed']);
  stage.request(2, text('s2.1'));
  assert.deepEqual(inShort(stage.events(2)), ['lobby-sealed']);
  assert.deepEqual(stage.read(3), []);
});

test('[13.9] the first account founds it, the others enter by themselves, and only they hear what is said there', () => {
  const world = new SealedStage(sealed);
  const { stage } = world;
  for (const [at, name] of ['alice', 'bob', 'carol'].entries()) world.account(at + 1, name);
  stage.guest(4, 'gus');
  world.clear(1, 2, 3, 4);
  assert.deepEqual(inShort(world.found(1, lobbyGroup)), ['JOINED', 'SENT']);
  const [joined, ...more] = stage.events(2);
  assert.ok(typeof joined === 'object' && joined.verb === 'JOINED');
  const { groupId, lastCommit, first, last } = joined;
  assert.deepEqual([joined.in, lastCommit, first, last, more], ['lobby', 1, 1, 1, []]);
  assert.equal(groupId, world.state(lobbyGroup).groupId);
  assert.deepEqual(inShort(world.found(3, lobbyGroup)), ['JOINED', 'place-taken']);
  world.takeBack(3);
  assert.deepEqual(inShort(world.commit(2, lobbyGroup, 'enter')), ['JOINED', 'SENT']);
  assert.deepEqual(inShort(stage.events(1)), ['MSG']);
  assert.deepEqual(inShort(world.say(2, lobbyGroup)), ['SENT']);
  assert.deepEqual(inShort(stage.events(1)), ['MSG']);
  assert.deepEqual(inShort(world.say(3, lobbyGroup)), ['not-a-member']);
  assert.deepEqual(stage.read(4), []);
});

test('[13.9] a lobby is entered by everybody, and what is no sealed lobby is founded by nobody', () => {
  const world = new SealedStage(sealed);
  world.account(1, 'alice');
  assert.deepEqual(inShort(world.found(1, lobbyGroup, 'invite')), ['record-refused']);
  const open = new SealedStage();
  open.account(1, 'alice');
  assert.deepEqual(inShort(open.found(1, lobbyGroup)), ['no-such-place']);
  assert.deepEqual(lobbyIn(open.account(2, 'bob'))?.sealed, undefined);
});

test('[13.9] sealing goes on with the log of the open lobby, and a server that starts again knows both', () => {
  const open = new SealedStage();
  open.account(1, 'alice');
  open.stage.line(1, 'BCST while it was open');
  const { memory, now } = open.stage;
  const world = new SealedStage(sealed);
  world.stage = new Stage(sealed, memory, now, ciphers.sha256);
  for (const [name, one] of open.people) world.people.set(name, one);
  world.account(1, 'alice');
  const [, sent] = world.found(1, lobbyGroup);
  assert.ok(typeof sent === 'object' && sent.verb === 'SENT' && sent.seq === 2);
  const again = new SealedStage(sealed);
  again.stage = new Stage(sealed, world.stage.memory, world.stage.now, ciphers.sha256);
  for (const [name, one] of open.people) again.people.set(name, one);
  const lobby = lobbyIn(again.account(1, 'alice'));
  const { first, last, lastCommit, groupId } = lobby ?? {};
  assert.deepEqual([first, last, lastCommit], [1, 2, 2]);
  assert.equal(groupId, world.state(lobbyGroup).groupId);
  const bob = again.account(2, 'bob');
  assert.equal(lobbyIn(bob)?.first, 1);
});

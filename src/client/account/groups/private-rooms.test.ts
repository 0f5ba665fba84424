// When a room is founded for a private conversation, and which way what is said there goes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '../../../lib/result.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import type { PeerChain } from '../account-chains.ts';
import type { Conversation } from '../conversations.ts';
import { roomRetryMs } from '../limits.ts';
import { PrivateRooms } from './private-rooms.ts';

const bob = 'bob' as Username;
const root16 = new Uint8Array(16);

function setUp() {
  const state = {
    now: 1,
    isSealed: false,
    isReplaced: false,
    isShared: false,
    chain: { root16, standing: 'pinned', hasRooms: true } as Pick<
      PeerChain,
      'root16' | 'standing' | 'hasRooms'
    >,
    isGone: false,
    isThere: true,
  };
  const done: string[] = [];
  const conversation = { name: '@alice+bob' as ConversationName } as Conversation;
  const rooms = new PrivateRooms({
    engine: {
      isSealed: () => state.isSealed,
      isReplaced: () => state.isReplaced,
      isShared: async () => state.isShared,
    },
    now: () => state.now,
    chainOf: async () => {
      done.push('asked');
      return state.isGone ? err('gone') : ok(state.chain as PeerChain);
    },
    found: async ({ name }) => void done.push(`founded for ${name}`),
    admit: async ({ name }) => void done.push(`admitted ${name}`),
    seal: async () => void done.push('sealed'),
    reach: () => conversation,
    find: async () => {
      done.push('asked for the room');
      return state.isThere;
    },
    post: () => void done.push('posted'),
  });
  const wanted = async () => {
    rooms.wanted(bob);
    await new Promise(setImmediate);
    return done.splice(0).join(', ');
  };
  return { state, done, rooms, conversation, wanted };
}

test('a room is founded with an account whose client knows rooms, once', async () => {
  const { wanted } = setUp();
  assert.equal(await wanted(), 'asked, founded for bob');
  assert.equal(await wanted(), '');
});

test('nothing is founded with somebody whose client knows no rooms; that is asked again after a while', async () => {
  const { state, wanted } = setUp();
  state.chain = { ...state.chain, hasRooms: false };
  assert.equal(await wanted(), 'asked');
  state.chain = { ...state.chain, hasRooms: true };
  assert.equal(await wanted(), '');
  state.now += roomRetryMs;
  assert.equal(await wanted(), 'asked, founded for bob');
});

test('nothing is founded with an account that does not hang from the known key, or while none is known', async () => {
  for (const standing of ['changed', 'unknown'] as const) {
    const { state, wanted } = setUp();
    state.chain = { ...state.chain, standing };
    assert.equal(await wanted(), 'asked');
  }
});

test('an account that was reset is let into the room that there is', async () => {
  const { state, wanted } = setUp();
  state.isSealed = true;
  assert.equal(await wanted(), 'asked, admitted bob');
});

test('texts go by the session of two until both are in the room, and again where the server has lost it', async () => {
  const { state, rooms, conversation } = setUp();
  assert.equal(await rooms.isUsed(bob), false);
  rooms.mustUse(conversation);
  assert.equal(await rooms.isUsed(bob), true);
  rooms.logout();
  assert.equal(await rooms.isUsed(bob), false);
  state.isShared = true;
  assert.equal(await rooms.isUsed(bob), true);
  state.isShared = false;
  rooms.mustUse(conversation);
  rooms.unsealed(conversation);
  assert.equal(await rooms.isUsed(bob), false);
  // Of a version that waited for the person's word.
  state.isShared = true;
  state.isReplaced = true;
  assert.equal(await rooms.isUsed(bob), false);
});

test('where the server has a room that is not known here, it is asked for it: nothing could be sealed for that', async () => {
  const { state, done, rooms, conversation } = setUp();
  rooms.mustUse(conversation);
  rooms.mustUse(conversation);
  await new Promise(setImmediate);
  assert.deepEqual(done.splice(0), ['asked for the room']);
  assert.equal(await rooms.isUsed(bob), true);
  // It says so, and has none: what waits goes in the session again.
  state.isThere = false;
  rooms.mustUse(conversation);
  await new Promise(setImmediate);
  assert.deepEqual(done.splice(0), ['asked for the room', 'posted']);
  assert.equal(await rooms.isUsed(bob), false);
  state.isSealed = true;
  rooms.mustUse(conversation);
  await new Promise(setImmediate);
  assert.deepEqual(done, []);
});

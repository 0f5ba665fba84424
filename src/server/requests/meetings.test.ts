// Mailboxes for devices that meet [14.26]: each box once and in order, for ten minutes, and no more than the caps.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionId } from '../../hub/effects.ts';
import { createTestClock } from '../clock.fixture.ts';
import {
  channelMs,
  maxBoxes,
  maxBoxLetters,
  maxChannels,
  maxChannelsPerAddress,
  maxListeners,
  Meetings,
} from './meetings.ts';

function world() {
  const { clock, goTo } = createTestClock();
  const pass = (ms: number) => goTo(clock.now() + ms);
  const heard = new Map<number, (string | number)[]>();
  const meetings = new Meetings(clock, (to, { box, boxes }) => {
    heard.set(to, [...(heard.get(to) ?? []), box ?? boxes ?? '']);
  });
  const meet = (connection: number, channel: string, box?: string, from?: string) =>
    meetings.meet(connection as ConnectionId, from, { verb: 'MEET', label: 'l', channel, box });
  const read = (connection: number) => {
    const events = heard.get(connection) ?? [];
    heard.delete(connection);
    return events;
  };
  return { pass, meetings, meet, read };
}

test('whoever is on a channel gets each box once and in order, also those of before, and none of its own', () => {
  const { meet, read, meetings } = world();
  assert.equal(meet(1, 'c', 'one'), 0);
  assert.equal(meet(1, 'c', 'two'), 0);
  assert.deepEqual(read(1), [1, 2]);
  assert.equal(meet(2, 'c'), 6);
  assert.deepEqual(read(2), [2, 'one', 'two']);
  meet(2, 'c', 'three');
  assert.deepEqual([read(1), read(2)], [['three'], [3]]);
  meet(1, 'c');
  assert.deepEqual(read(1), [3], 'nothing twice');
  meetings.leave(2 as ConnectionId);
  meet(1, 'c', 'four');
  assert.deepEqual(read(2), []);
  meet(3, 'c');
  assert.deepEqual(read(3), [4, 'one', 'two', 'three', 'four']);
});

test('a box of one channel is in no other', () => {
  const { meet, read } = world();
  meet(1, 'c', 'one');
  meet(2, 'd');
  assert.deepEqual(read(2), [0]);
});

test('a channel ends ten minutes after it has begun, with all that is in it', () => {
  const { pass, meet, read, meetings } = world();
  meet(1, 'c', 'one');
  pass(channelMs - 1);
  meet(2, 'c');
  assert.deepEqual(read(2), [1, 'one']);
  pass(1);
  meet(3, 'c');
  assert.deepEqual([read(3), meetings.size], [[0], 1]);
});

test('a channel takes so many boxes and listeners', () => {
  const { meet } = world();
  for (let n = 0; n < maxBoxes; n++) assert.equal(meet(1, 'c', `${n}`), 0);
  assert.equal(meet(1, 'c', 'one more'), 'channel-full');
  for (let n = 2; n <= maxListeners; n++) assert.equal(meet(n, 'c'), maxBoxes);
  assert.equal(meet(maxListeners + 1, 'c'), 'channel-full');
});

test('there are so many channels, in all and from one address, and so much in them', () => {
  const { pass, meet, meetings } = world();
  for (let n = 0; n < maxChannelsPerAddress; n++) assert.equal(meet(1, `a${n}`, 'b', 'home'), 0);
  assert.equal(meet(1, 'a', 'b', 'home'), 'too-many-meetings');
  assert.equal(meet(1, 'a0', 'b', 'home'), 0, 'what has begun goes on');
  for (let n = meetings.size; n < maxChannels; n++) assert.equal(meet(1, `b${n}`), 0);
  assert.equal(meet(1, 'one more'), 'too-many-meetings');
  pass(channelMs);
  const large = 'x'.repeat(maxBoxLetters / 16);
  for (let n = 0; n < 16; n++) assert.equal(meet(1, `c${n}`, large), 0);
  assert.equal(meet(1, 'd', 'x'), 'too-many-meetings');
  pass(channelMs);
  assert.equal(meet(1, 'd', 'x'), 0);
});

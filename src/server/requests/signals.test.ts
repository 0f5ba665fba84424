// Signals and marks [13.14] between the people of a hub: who is told, how often, and what is kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SealedStage } from '../../../test/support/sealed-stage.ts';
import { Stage } from '../../hub/stage.fixture.ts';
import { maxSignalled } from '../../hub/messages/signal-hearers.ts';
import type { ConnectionId } from '../../hub/effects.ts';
import type { Hub } from '../../hub/state.ts';
import { encodeBase64url } from '../../lib/base64url.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import { createTestClock } from '../clock.fixture.ts';
import { maxMarks, maxPaced, maxUnreadBytes, signalEveryMs, Signals } from './signals.ts';

const box = encodeBase64url(new Uint8Array(156));

function world(hub: () => Hub) {
  const { clock, goTo } = createTestClock();
  const heard: (readonly [number, string])[] = [];
  const unread = new Map<number, number>();
  let storeMs = 0;
  const signals = new Signals(clock, {
    unsentBytes: (to) => unread.get(to) ?? 0,
    storeMs: () => storeMs,
    tell: (to, line) => {
      const lines = line.split('\n').filter((one) => one !== '');
      for (const one of to) {
        for (const text of lines) heard.push([one, text.replace(/"sealed":"[^"]*"/, '"sealed"')]);
      }
    },
  });
  const say = (connection: number, request: RequestOf<'SIGNAL'> | RequestOf<'MARK'>) => {
    const done = signals.handle(hub(), connection as ConnectionId, request);
    return typeof done === 'number' ? heard.splice(0) : done;
  };
  return {
    signals,
    unread,
    pass: (ms: number) => goTo(clock.now() + ms),
    storeTakes: (ms: number) => (storeMs = ms),
    types: (connection: number, place: string) => say(connection, { verb: 'SIGNAL', in: place }),
    reads: (connection: number, place: string, seq: number) =>
      say(connection, { verb: 'MARK', in: place, seq }),
    say,
  };
}

function open(...names: readonly string[]): Stage {
  const stage = new Stage();
  for (const [at, name] of names.entries()) stage.account(at + 1, name, { hearsSignals: true });
  return stage;
}

const typing = (at: number, from: string, place = 'lobby') =>
  [at, `SIGNAL {"in":"${place}","from":"${from}"}`] as const;
const read = (at: number, from: string, seq: number, place = 'lobby') =>
  [at, `MARK {"in":"${place}","from":"${from}","seq":${seq}}`] as const;

test('[13.14] who is writing is told to the other accounts there that hear signals, and to no other device of theirs', () => {
  const stage = open('alice', 'bob', 'carol');
  stage.account(4, 'dave');
  stage.account(5, 'alice', { hearsSignals: true });
  const { types } = world(() => stage.hub);
  assert.deepEqual(types(1, 'lobby'), [typing(2, 'alice'), typing(3, 'alice')]);
  assert.deepEqual(types(4, 'lobby'), [
    typing(1, 'dave'),
    typing(5, 'dave'),
    typing(2, 'dave'),
    typing(3, 'dave'),
  ]);
});

test('[13.14] in a group its members are told; strangers and those who are out are not, and may say nothing', () => {
  const stage = open('alice', 'bob', 'carol');
  for (const at of [1, 2]) stage.line(at, `JOIN_GROUP /join tea`);
  const { types, reads, pass } = world(() => stage.hub);
  assert.equal(types(1, '#tea'), 'no-such-place');
  stage.line(1, 'CREATE_GROUP /create_group tea');
  stage.line(2, 'JOIN_GROUP /join tea');
  assert.deepEqual(types(1, '#tea'), [typing(2, 'alice', '#tea')]);
  assert.equal(types(3, '#tea'), 'not-a-member');
  assert.equal(reads(3, '#tea', 1), 'not-a-member');
  reads(2, '#tea', 1);
  stage.line(1, 'KICK /kick tea bob');
  pass(signalEveryMs);
  assert.deepEqual(types(1, '#tea'), []);
  assert.equal(types(2, '#tea'), 'not-a-member');
  // What somebody has said who is out is not told any more.
  assert.deepEqual(reads(1, '#tea', 1), []);
});

test('[13.14] nobody is told where one has blocked the other, in either direction', () => {
  const stage = open('alice', 'bob', 'carol');
  stage.request(2, { verb: 'BLOCK', user: 'alice' as never });
  const { types } = world(() => stage.hub);
  assert.deepEqual(types(1, 'lobby'), [typing(3, 'alice')]);
  assert.deepEqual(types(2, 'lobby'), [typing(3, 'bob')]);
});

test('[13.14] two at once and then one in five seconds, of each kind and in each conversation; the rest is passed over', () => {
  const stage = open('alice', 'bob');
  stage.line(1, 'CREATE_GROUP /create_group tea');
  stage.line(2, 'JOIN_GROUP /join tea');
  const { types, reads, pass } = world(() => stage.hub);
  const told = (at: number) => Array.from({ length: at }, () => types(1, 'lobby').length);
  assert.deepEqual(told(4), [1, 1, 0, 0]);
  assert.equal(types(1, '#tea').length, 1);
  reads(2, 'lobby', 0);
  assert.equal(reads(1, 'lobby', 0).length, 2);
  pass(signalEveryMs - 1);
  assert.deepEqual(told(1), [0]);
  pass(1);
  assert.deepEqual(told(2), [1, 0]);
});

test('[13.14] who reads slowly is not told, nor is anybody while the store is slow', () => {
  const stage = open('alice', 'bob', 'carol');
  const { types, unread, storeTakes, pass } = world(() => stage.hub);
  unread.set(2, maxUnreadBytes + 1);
  assert.deepEqual(types(1, 'lobby'), [typing(3, 'alice')]);
  pass(signalEveryMs);
  storeTakes(501);
  assert.deepEqual(types(1, 'lobby'), []);
});

test('[13.14] where more than 32 accounts are, nobody is told, and a mark is not kept', () => {
  const names = Array.from({ length: maxSignalled + 1 }, (_, at) => `user${at}`);
  const stage = open(...names);
  const { types, reads, signals, pass } = world(() => stage.hub);
  assert.deepEqual([types(1, 'lobby'), reads(1, 'lobby', 3)], [[], []]);
  assert.equal(signals.size, 0);
  stage.run({ type: 'disconnect', connection: 33 as ConnectionId });
  pass(signalEveryMs);
  assert.equal(types(1, 'lobby').length, 31);
});

test('[13.14] who does not say how far they have read does not hear it of others; who does gets their last ones first', () => {
  const stage = open('alice', 'bob', 'carol');
  const { reads, signals, pass } = world(() => stage.hub);
  assert.deepEqual(reads(1, 'lobby', 3), []);
  assert.deepEqual(reads(2, 'lobby', 4), [read(1, 'bob', 4), read(2, 'alice', 3)]);
  pass(signalEveryMs);
  // Of each device the last one is kept.
  assert.deepEqual(reads(1, 'lobby', 5), [read(2, 'alice', 5)]);
  assert.deepEqual(reads(3, 'lobby', 0), [
    read(1, 'carol', 0),
    read(2, 'carol', 0),
    read(3, 'alice', 5),
    read(3, 'bob', 4),
  ]);
  assert.equal(signals.size, 3);
  // Another connection says so for itself.
  signals.leave(2 as ConnectionId);
  pass(signalEveryMs);
  assert.deepEqual(reads(1, 'lobby', 6), [read(3, 'alice', 6)]);
});

test('[13.14] what is sealed is for sealed conversations, and nothing else is said there', () => {
  const stage = new SealedStage();
  for (const [at, name] of ['alice', 'bob', 'carol'].entries()) stage.roomy(at + 1, name);
  const { say, types, reads } = world(() => stage.stage.hub);
  const sealed = { sealed: box, on: 1 };
  assert.equal(say(1, { verb: 'SIGNAL', in: 'lobby', ...sealed }), 'not-sealed');
  assert.equal(say(1, { verb: 'MARK', in: 'lobby', ...sealed, seq: 1 }), 'not-sealed');
  assert.equal(say(1, { verb: 'SIGNAL', in: '@bob', ...sealed }), 'not-sealed');
  stage.foundPrivate(1, '@alice+bob');
  stage.commit(2, '@alice+bob', 'enter');
  assert.equal(types(1, '@bob'), 'malformed');
  assert.equal(reads(1, '@bob', 1), 'malformed');
  assert.equal(say(1, { verb: 'MARK', in: '@bob', ...sealed, seq: 1 }), 'malformed');
  const line = (verb: string, from: string) =>
    `${verb} {"in":"@alice+bob","from":"${from}","sealed","on":1}`;
  assert.deepEqual(say(1, { verb: 'SIGNAL', in: '@bob', ...sealed }), [
    [2, line('SIGNAL', 'alice')],
  ]);
  say(2, { verb: 'MARK', in: '@alice', ...sealed });
  assert.deepEqual(say(1, { verb: 'MARK', in: '@bob', ...sealed }), [
    [2, line('MARK', 'alice')],
    [1, line('MARK', 'bob')],
  ]);
  assert.equal(say(3, { verb: 'SIGNAL', in: '@alice', ...sealed }), 'not-sealed');
  assert.equal(types(1, '@nobody'), 'no-such-account');
});

test('[13.14] a connection speaks in 64 conversations at a time, and no more marks are kept than fit', () => {
  const stage = open('alice', 'bob');
  const names = Array.from({ length: 2 * maxPaced + 1 }, (_, at) => `g${at}`);
  for (const name of names.slice(0, 100)) {
    stage.line(1, `CREATE_GROUP /create_group ${name}`);
    stage.line(2, `JOIN_GROUP /join ${name}`);
  }
  for (const name of names.slice(100)) {
    stage.line(2, `CREATE_GROUP /create_group ${name}`);
    stage.line(1, `JOIN_GROUP /join ${name}`);
  }
  const { types, pass } = world(() => stage.hub);
  const told = names.filter((name) => types(1, `#${name}`).length > 0).length;
  assert.equal(told, 2 * maxPaced);
  pass(signalEveryMs);
  assert.equal(types(1, `#${names.at(-1)}`).length, 1);
  assert.ok(maxMarks >= 1_000);
});

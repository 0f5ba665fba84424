// The messages of a blocked person do not arrive, now or later, and the person sees the same as if the other were
// offline.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExtendedEvent } from '../../wire/extended/events.ts';
import type { Username } from '../../wire/text.ts';
import { deviceOf, Stage } from '../stage.fixture.ts';

const name = (text: string) => text as Username;

function send(stage: Stage, from: number, to: string, id: string): void {
  stage.request(from, {
    verb: 'SEND',
    in: `@${to}`,
    id,
    sealed: 'c2VhbGVk',
    device: deviceOf(to),
  } as never);
}

/** What mallory gets for everything that can be tried with bob, without times and numbers of connections. */
function tries(stage: Stage, from: number): unknown[] {
  stage.events(from);
  for (const line of [
    'PM @bob x',
    'REQUEST_PUBLIC_KEY @bob 1',
    'PUBLIC_KEY @bob k 1',
    'FILE_TRANS /send_file @bob m',
  ]) {
    stage.line(from, line);
  }
  send(stage, from, 'bob', 's.1');
  send(stage, from, 'bob', 's.2');
  return stage
    .events(from)
    .map((event) => (typeof event === 'string' ? event : withoutTime(event)));
}

function withoutTime(event: ExtendedEvent): object {
  const { at: _, ...rest } = event as ExtendedEvent & { at?: number };
  return rest;
}

function begun(): Stage {
  const stage = new Stage();
  stage.account(1, 'bob');
  stage.account(2, 'mallory');
  stage.account(3, 'carol');
  return stage;
}

test('who is blocked hears the same as of somebody who is away, and is not heard', () => {
  const away = begun();
  away.disconnect(1);
  const expected = tries(away, 2);

  const stage = begun();
  stage.events(1);
  stage.request(1, { verb: 'BLOCK', label: 'a', user: name('Mallory') });
  assert.deepEqual(stage.events(1), [{ verb: 'BLOCKED', label: 'a', people: ['Mallory'] }]);
  assert.deepEqual(tries(stage, 2), expected);
  assert.deepEqual(stage.read(1), []);
  // Others are not blocked.
  stage.line(3, 'PM @bob hi');
  assert.deepEqual(stage.read(1), ['PM carol hi']);
  stage.line(2, 'BCST to all');
  assert.equal(stage.read(1).length, 1);
});

test('what was sent meanwhile is kept nowhere, and its numbers are not given again', () => {
  const stage = begun();
  stage.request(1, { verb: 'BLOCK', user: name('mallory') });
  send(stage, 2, 'bob', 's.1');
  send(stage, 2, 'bob', 's.2');
  const log = [...stage.hub.logs.values()].find((one) => one.name.startsWith('@'));
  assert.ok(log !== undefined && log.last === 2);
  assert.deepEqual(stage.memory.messages(log.id), []);
  const next = stage.restart();
  assert.equal(next.hub.logs.get(log.id)?.last, 2);
  next.account(1, 'bob');
  next.account(2, 'mallory');
  next.events(1);
  next.request(1, { verb: 'BLOCK' });
  assert.deepEqual(next.events(1), [{ verb: 'BLOCKED', people: ['mallory'] }]);
  next.request(1, { verb: 'BLOCK', user: name('MALLORY'), off: true });
  assert.deepEqual(next.events(1), [{ verb: 'BLOCKED', people: [] }]);
  send(next, 2, 'bob', 's.3');
  const heard = next.events(1);
  assert.ok(
    heard.some((event) => typeof event === 'object' && event.verb === 'MSG' && event.seq === 3),
  );
  next.disconnect(1);
  assert.deepEqual(next.restart().memory.records().blocks, []);
});

test('a list has an end, and nobody blocks themselves', () => {
  const stage = new Stage({ maxBlocksPerAccount: 2 });
  stage.account(1, 'bob');
  stage.events(1);
  for (const user of ['a', 'b', 'c', 'A', 'Bob']) {
    stage.request(1, { verb: 'BLOCK', user: name(user) });
  }
  const told = stage
    .events(1)
    .map((event) => (typeof event === 'object' && event.verb === 'FAILED' ? event.code : 'done'));
  assert.deepEqual(told, ['done', 'done', 'too-many-blocks', 'done', 'to-yourself']);
});

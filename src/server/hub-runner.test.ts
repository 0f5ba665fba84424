// The hub runner with a store that answers when the test tells it to: who joins while steps wait gets the lines that
// follow.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import type { ConnectionId } from '../hub/effects.ts';
import { anyWay } from '../hub/stage.fixture.ts';
import { noRecords } from '../hub/records.ts';
import { canNothing } from '../hub/state.ts';
import { deviceOf, testEnv } from '../hub/stage.fixture.ts';
import type { Command } from '../wire/commands.ts';
import type { GroupName, LineText, Username } from '../wire/text.ts';
import { createTestClock } from './clock.fixture.ts';
import { Delivery } from './delivery/delivery.ts';
import { HubRunner } from './hub-runner.ts';
import type { ActTargets } from './outgoing/carry-out.ts';

const id = (number: number) => number as ConnectionId;

const ignore = (): void => undefined;

function setUp() {
  const { clock, goTo } = createTestClock();
  const answers: (() => void)[] = [];
  const store = { commit: () => new Promise<void>((resolve) => void answers.push(resolve)) };
  const limits = { softUnsentBytes: 1e6, maxUnsentBytes: 1e6, maxSlowMs: 1e6 };
  const delivery = new Delivery(limits, clock, () => assert.fail('nobody reads slowly'));
  // Nobody sends files or stops answering here.
  const world = { delivery, heartbeat: {}, files: {} } as unknown as ActTargets;
  const hubRunner = new HubRunner(
    testEnv,
    { store, records: noRecords },
    world,
    clock,
    pino({ level: 'silent' }),
  );
  const heard = new Map<number, string>();
  return {
    hubRunner,
    heard,
    connect: (number: number): void => {
      const put = (text: string): void => void heard.set(number, (heard.get(number) ?? '') + text);
      delivery.open(id(number), {
        origin: { address: '192.0.2.1', listenerHost: '::', isLocal: false, secure: false },
        binding: new Uint8Array(),
        unsentBytes: 0,
        write: put,
        writeBytes: (bytes) => put(Buffer.from(bytes).toString('latin1')),
        pause: ignore,
        resume: ignore,
        end: ignore,
        destroy: ignore,
      });
      hubRunner.step({ type: 'connect', connection: id(number), way: anyWay });
    },
    /** Time passes while the store stalls. */
    wait: (ms: number): void => goTo(clock.now() + ms),
    /** The lines that a connection got since the last call. */
    hears: (number: number): string[] => {
      const lines = (heard.get(number) ?? '').split('\n').slice(0, -1);
      heard.delete(number);
      return lines;
    },
    /** The store stores what it was given. */
    keep: async (): Promise<void> => {
      goTo(clock.now() + 10);
      answers.shift()?.();
      await new Promise(setImmediate);
      goTo(clock.now() + 10);
    },
  };
}

test('the first account hears what a guest says while its login is still on the way to the disk', async () => {
  const { hubRunner, heard, connect, keep } = setUp();
  connect(1);
  connect(2);
  const guest = 'guest' as Username;
  const hello = { verb: 'HELO', username: guest } as const;
  hubRunner.step({ type: 'command', connection: id(1), command: hello, at: 1 });
  hubRunner.step({
    type: 'authenticated',
    connection: id(2),
    username: 'alice' as Username,
    device: deviceOf('alice'),
    private: true,
    invite: undefined,
    registration: 'open',
    stream: undefined,
    runs: undefined,
    can: canNothing,
    at: 2,
  });
  const spoken = { verb: 'BCST', text: 'hi alice' as LineText } as const;
  hubRunner.step({ type: 'command', connection: id(1), command: spoken, at: 3 });
  await keep();
  const [welcome, message] = (heard.get(2) ?? '').split('\n').slice(-3);
  assert.match(welcome ?? '', /^WELCOME \{/);
  assert.match(message ?? '', /^MSG \{"in":"lobby","seq":1,.*"text":"hi alice"\}$/);
});

test('a store that stands still holds up neither guests nor who asks who is here, but all that it would have to keep', async () => {
  const { hubRunner, connect, keep, wait, hears } = setUp();
  const command = (number: number, said: Command) =>
    hubRunner.step({ type: 'command', connection: id(number), command: said, at: 1 });
  const hello = (number: number, name: string) =>
    command(number, { verb: 'HELO', username: name as Username });
  const users = { verb: 'GET_USERS' } as const;
  for (const number of [1, 2]) connect(number);
  hello(1, 'al');
  hello(2, 'bo');
  wait(10);
  const welcome = 'HELO ' + testEnv.welcome;
  assert.deepEqual(
    [hears(1), hears(2)],
    [
      [welcome, '+OK HELO al'],
      [welcome, '+OK HELO bo'],
    ],
  );
  // The first account: from now on there is something to store.
  connect(3);
  hubRunner.step({
    type: 'authenticated',
    connection: id(3),
    username: 'ann' as Username,
    device: deviceOf('ann'),
    private: true,
    invite: undefined,
    registration: 'open',
    stream: undefined,
    runs: undefined,
    can: canNothing,
    at: 2,
  });
  wait(1);
  command(1, { verb: 'BCST', text: 'kept' as LineText });
  command(1, users);
  command(2, users);
  connect(4);
  wait(1500);
  assert.deepEqual([hears(2), hears(4)], [[], []], 'a slow disk is none that stands still');
  wait(500);
  assert.deepEqual(hears(2), ['+SUCCESS [al, bo, ann]']);
  assert.deepEqual(hears(4), [welcome]);
  hello(4, 'cy');
  command(4, { verb: 'PM', to: 'bo' as Username, payload: 'opaque' as LineText });
  hubRunner.refuse(id(2), { severity: 'soft', text: 'malformed' as LineText });
  command(2, { verb: 'CREATE_GROUP', group: 'tea' as GroupName });
  command(4, { verb: 'BCST', text: 'kept too' as LineText });
  command(4, users);
  wait(10);
  assert.deepEqual(hears(4), ['+OK HELO cy']);
  assert.deepEqual(hears(2), ['PM cy opaque', '-SOFT_ERR malformed']);
  assert.deepEqual(hears(1), [], 'nobody hears of what is not kept, nor what they asked behind it');
  assert.deepEqual(hears(3).slice(1), [], 'an account is not made before it is on the disk');
  for (let commits = 0; commits < 4; commits++) await keep();
  assert.deepEqual(
    hears(1).toSorted(),
    ['+OK BCST kept', '+SUCCESS [al, bo, ann]', 'BCST [cy] kept too'].toSorted(),
  );
  assert.deepEqual(hears(2), [
    'BCST [al] kept',
    '+SUCCESS group "tea" has been created!',
    'BCST [cy] kept too',
  ]);
  const after = hears(4);
  assert.ok(
    after.indexOf('+OK BCST kept too') < after.findIndex((line) => line.startsWith('+SUCCESS')),
  );
});

// The floor with a store that answers when it is told to: whoever joins while steps wait hears what is said behind it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import type { ConnectionId } from '../hub/effects.ts';
import { anyWay } from '../hub/stage.fixture.ts';
import { noRecords } from '../hub/records.ts';
import { deviceOf, testEnv } from '../hub/stage.fixture.ts';
import type { LineText, Username } from '../wire/text.ts';
import { createTestClock } from './clock.fixture.ts';
import { Delivery } from './delivery/delivery.ts';
import { Floor } from './floor.ts';
import type { World } from './outgoing/carry-out.ts';

const id = (number: number) => number as ConnectionId;

const ignore = (): void => undefined;

function setUp() {
  const { clock, goTo } = createTestClock();
  const answers: (() => void)[] = [];
  const store = { commit: () => new Promise<void>((resolve) => void answers.push(resolve)) };
  const limits = { softUnsentBytes: 1e6, maxUnsentBytes: 1e6, maxSlowMs: 1e6 };
  const delivery = new Delivery(limits, clock, () => assert.fail('nobody reads slowly'));
  // Nobody sends files or falls silent here.
  const world = { delivery, heartbeat: {}, files: {} } as unknown as World;
  const floor = new Floor(
    testEnv,
    { store, records: noRecords },
    world,
    clock,
    pino({ level: 'silent' }),
  );
  const heard = new Map<number, string>();
  return {
    floor,
    heard,
    connect: (number: number): void => {
      const put = (text: string): void => void heard.set(number, (heard.get(number) ?? '') + text);
      delivery.open(id(number), {
        origin: { address: '192.0.2.1', listenerHost: '::', secure: false },
        binding: new Uint8Array(),
        unsentBytes: 0,
        write: put,
        writeBytes: (bytes) => put(Buffer.from(bytes).toString('latin1')),
        pause: ignore,
        resume: ignore,
        end: ignore,
        destroy: ignore,
      });
      floor.step({ type: 'connect', connection: id(number), way: anyWay });
    },
    /** The store keeps what it was given. */
    keep: async (): Promise<void> => {
      goTo(clock.now() + 10);
      answers.shift()?.();
      await new Promise(setImmediate);
      goTo(clock.now() + 10);
    },
  };
}

test('the first account hears what a guest says while its login is still on the way to the disk', async () => {
  const { floor, heard, connect, keep } = setUp();
  connect(1);
  connect(2);
  const guest = 'guest' as Username;
  const hello = { verb: 'HELO', username: guest } as const;
  floor.step({ type: 'command', connection: id(1), command: hello, at: 1 });
  floor.step({
    type: 'authenticated',
    connection: id(2),
    username: 'alice' as Username,
    device: deviceOf('alice'),
    private: true,
    invite: undefined,
    registration: 'open',
    stream: undefined,
    runs: undefined,
    at: 2,
  });
  const spoken = { verb: 'BCST', text: 'hi alice' as LineText } as const;
  floor.step({ type: 'command', connection: id(1), command: spoken, at: 3 });
  await keep();
  const [welcome, message] = (heard.get(2) ?? '').split('\n').slice(-3);
  assert.match(welcome ?? '', /^WELCOME \{/);
  assert.match(message ?? '', /^MSG \{"in":"lobby","seq":1,.*"text":"hi alice"\}$/);
});

// Messages that disappear on a device, against a model: random times of saying and reading, starts, kills, clocks that are
// set. Each is there for at least its time from when it was read, at most twice its time from when it was said, and never
// again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { expirySeconds, type ExpirySeconds } from '../../wire/expiry.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { Conversations } from '../account/conversations.ts';
import type { InboxBatch } from '../account/inbox/batch.ts';
import { textContent, type MessageContent } from '../content.ts';
import { MemoryClientStore } from '../store/memory-store.ts';
import type { ClientChange, HistoryRecord, KeptValue } from '../store/store-port.ts';
import { Expiry } from './expiry.ts';

const me = 'alice' as Username;
const name = '@alice+bob' as ConversationName;
const [hour, day] = [3_600_000, 86_400_000];
const slack = 31_000;

interface Said {
  readonly seq: number;
  readonly ttl: ExpirySeconds;
  readonly at: number;
  readAt: number | undefined;
}

/** A device with its store, which survives its programs. */
class Device {
  readonly store = new MemoryClientStore();
  readonly timers = new FakeTimers();
  /** True time, also the server's. */
  time = 2_000_000_000_000;
  /** By how much the own clock is wrong. */
  wrong = 0;
  readonly gone: number[] = [];
  #values: KeptValue[] = [];
  #work: Promise<void> = Promise.resolve();
  #expiry: Expiry | undefined;
  #timers = new FakeTimers();
  #conversations = new Conversations(me, [], false);
  #seq = 0;

  async start(): Promise<void> {
    const records = this.store.records;
    this.#values = [...records.values];
    this.#timers = new FakeTimers();
    this.#conversations = new Conversations(me, records.conversations, false);
    this.#conversations.reach(name);
    this.#expiry = new Expiry({
      me,
      values: this.#values,
      store: this.store,
      conversations: this.#conversations,
      waiting: () => [],
      write: (changes) => this.store.write(changes),
      work: (task) => void (this.#work = this.#work.then(task)),
      now: () => this.time + this.wrong,
      timers: this.#timers,
      emit: (event) => {
        if (event.type === 'expired') this.gone.push(...event.messages.map(({ seq = 0 }) => seq));
      },
    });
    await this.idle();
  }

  get expiry(): Expiry {
    assert.ok(this.#expiry);
    return this.#expiry;
  }

  async idle(): Promise<void> {
    let seen;
    do {
      seen = this.#work;
      await seen;
    } while (seen !== this.#work);
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 30_000) {
      const step = Math.min(30_000, left);
      this.time += step;
      this.#timers.advance(step);
      await this.idle();
    }
  }

  async login(): Promise<void> {
    this.expiry.login(this.time);
    await this.idle();
  }

  async write(changes: ClientChange[], read?: number): Promise<void> {
    const conversation = this.#conversations.reach(name);
    assert.ok(conversation);
    const record = {
      ...conversation.record,
      cursor: this.#seq,
      read: read ?? conversation.record.read,
    };
    const afterwards: (() => void)[] = [];
    const records = new Map([[conversation, record]]);
    const batch = { changes, events: [], records, afterwards } as unknown as InboxBatch;
    this.expiry.prepare(batch);
    await this.store.write([{ type: 'conversation', conversation: record }, ...changes]);
    conversation.record = record;
    for (const act of afterwards) act();
    await this.idle();
  }

  async hears(ttl: ExpirySeconds | undefined, content?: MessageContent): Promise<HistoryRecord> {
    this.#seq += 1;
    const message: HistoryRecord = {
      conversation: name,
      localId: undefined,
      seq: this.#seq,
      at: this.time,
      from: 'bob' as Username,
      guest: false,
      content: content ?? { ...textContent(`text ${this.#seq}`), ttl },
      encrypted: true,
      key: 'pinned',
      textId: this.#seq.toString(16).padStart(32, '0'),
      unreadable: undefined,
      state: undefined,
      reason: undefined,
    };
    await this.write([{ type: 'message', message }]);
    return message;
  }

  async here(): Promise<number[]> {
    return (await this.store.history(name, undefined, 1_000)).map(({ seq = 0 }) => seq);
  }
}

test('it ends its time after it was read, unread ones after twice of it', async () => {
  const device = new Device();
  await device.start();
  await device.login();
  await device.hears(3_600);
  await device.hears(3_600);
  await device.hears(undefined);
  await device.pass(hour);
  await device.write([], 1);
  await device.pass(hour - slack);
  assert.deepEqual(await device.here(), [1, 2, 3]);
  await device.pass(2 * slack);
  assert.deepEqual([await device.here(), device.gone], [[3], [1, 2]]);
});

test('what was off counts when the server agrees, and a clock that is set does not', async () => {
  const device = new Device();
  await device.start();
  await device.login();
  await device.hears(86_400);
  await device.write([], 1);
  device.wrong = 400 * day;
  await device.pass(hour);
  await device.login();
  await device.pass(hour);
  assert.deepEqual(await device.here(), [1]);
  device.wrong = 0;
  await device.login();
  device.expiry.close();
  await device.idle();
  device.time += day;
  await device.start();
  assert.deepEqual(await device.here(), [1], 'before a login');
  await device.login();
  assert.deepEqual(await device.here(), []);
});

test('the latest timer in the order of the log holds, whatever comes when; a key that is not trusted sets none', async () => {
  const device = new Device();
  await device.start();
  const timer = (seconds: ExpirySeconds | 0) => ({ kind: 'timer', seconds }) as const;
  const first = await device.hears(undefined, timer(3_600));
  assert.equal(device.expiry.timerOf(name), 3_600);
  device.time += 10;
  await device.hears(undefined, timer(86_400));
  await device.write([{ type: 'message', message: { ...first, seq: 9 } }]);
  assert.equal(device.expiry.timerOf(name), 86_400);
  const bob = { kind: 'direct', user: 'bob' as Username } as const;
  assert.deepEqual(device.expiry.timed(bob, textContent('hi')), {
    ...textContent('hi'),
    ttl: 86_400,
  });
  const stranger = { ...first, seq: 12, at: device.time + 99, key: 'changed' } as const;
  await device.write([{ type: 'message', message: { ...stranger, content: timer(0) } }]);
  assert.equal(device.expiry.timerOf(name), 86_400);
  await device.start();
  assert.equal(device.expiry.timerOf(name), 86_400, 'after a start');
  const other = new Device();
  await other.start();
  const batch = { changes: [], afterwards: [] } as unknown as InboxBatch;
  for (const [where, known] of device.expiry.all) other.expiry.take(where, known, batch);
  for (const wrong of [[5, 1, 1], [3_600, -1, 1], null]) other.expiry.take('#x', wrong, batch);
  assert.deepEqual(other.expiry.all, device.expiry.all);
});

test('random lives of a device', async () => {
  const acts = fc.oneof(
    fc.constantFrom(...expirySeconds).map((ttl) => ({ act: 'hears' as const, ttl })),
    fc.constant({ act: 'reads' as const }),
    fc.integer({ min: 1, max: 3 * hour }).map((ms) => ({ act: 'runs' as const, ms })),
    fc.integer({ min: 1, max: 20 * day }).map((ms) => ({ act: 'off' as const, ms })),
    fc.constant({ act: 'killed' as const }),
    fc.integer({ min: -400, max: 400 }).map((days) => ({ act: 'set' as const, days })),
    fc.constant({ act: 'comes again' as const }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { maxLength: 30 }), async (all) => {
      const device = new Device();
      await device.start();
      await device.login();
      const said: Said[] = [];
      const past: HistoryRecord[] = [];
      for (const one of all) {
        switch (one.act) {
          case 'hears': {
            const record = await device.hears(one.ttl);
            past.push(record);
            said.push({ seq: record.seq ?? 0, ttl: one.ttl, at: device.time, readAt: undefined });
            break;
          }
          case 'reads':
            await device.write([], said.at(-1)?.seq ?? 0);
            for (const it of said) it.readAt ??= device.time;
            break;
          case 'runs':
            await device.pass(one.ms);
            break;
          case 'off':
            device.expiry.close();
            await device.idle();
            device.time += one.ms;
            await device.start();
            await device.login();
            break;
          case 'killed':
            await device.start();
            await device.login();
            break;
          case 'set':
            // Once in a while only one clock is wrong: it is set right again before it counts a second time.
            device.wrong = device.wrong === 0 ? one.days * day : 0;
            break;
          case 'comes again':
            if (past.length > 0)
              await device.write(past.map((message) => ({ type: 'message', message }) as const));
            break;
        }
        const here = await device.here();
        for (const { seq, ttl, at, readAt } of said) {
          const least = Math.min(at + 2 * ttl * 1000, (readAt ?? Infinity) + ttl * 1000);
          if (device.time < least) assert.ok(here.includes(seq), `${seq} ended early`);
        }
        for (const seq of device.gone) assert.ok(!here.includes(seq), `${seq} came back`);
      }
      // All clocks right, and connected: all that is over is gone.
      device.wrong = 0;
      await device.login();
      device.time += 61 * day;
      await device.login();
      assert.deepEqual(await device.here(), []);
    }),
    { numRuns: 60 },
  );
});

// Pages from a store in memory: limited to what may be read, and held back from clients that do not read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LogId } from '../../hub/records.ts';
import type { LogRange, Segment } from '../../hub/store-port.ts';
import { lobbyName } from '../../wire/extended/names.ts';
import { createTestClock } from '../clock.fixture.ts';
import type { Transport } from '../transport/transport.ts';
import { silentLogger } from '../log.ts';
import { StoreHealth } from '../store-health.ts';
import { HistoryHandler, type HistoryRequest } from './history-handler.ts';

const readable = (first: number, last: number) => ({
  log: 1 as LogId,
  number: 1,
  name: lobbyName,
  first,
  last,
});

/** A store with one message in each segment, those of `numbers`. */
function storeOf(numbers: readonly number[]) {
  return {
    async read({ after, before, from, maxMessages }: LogRange): Promise<Segment[]> {
      const found = numbers.filter((seq) => seq > after && seq < before);
      const some = from === 'start' ? found.slice(0, maxMessages) : found.slice(-maxMessages);
      return some.map((first) => ({
        log: 1 as LogId,
        first,
        count: 1,
        at: 0,
        bytes: Buffer.from(`MSG ${first}\n`),
      }));
    },
  };
}

const request = (fields: Partial<HistoryRequest>): HistoryRequest => ({
  verb: 'HISTORY',
  in: 'lobby',
  ...fields,
});

async function ask(
  handler: HistoryHandler,
  fields: Partial<HistoryRequest>,
  first = 1,
  last = 100,
) {
  const lines = await handler.answer(request(fields), readable(first, last), () => undefined);
  const [, text = '', json = ''] = /^((?:MSG \d+\n)*)HISTORY_END (.*)\n$/.exec(lines) ?? [];
  const end = JSON.parse(json) as { more: boolean; count: number };
  return { numbers: (text.match(/\d+/g) ?? []).map(Number), ...end };
}

test('walking through it page by page, from either end, gives every message that may be read, once', async () => {
  const stored = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 40, size: 'max' });
  await fc.assert(
    fc.asyncProperty(
      stored,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 9 }),
      async (stored, first, limit) => {
        const numbers = stored.toSorted((a, b) => a - b);
        const { clock } = createTestClock();
        const handler = new HistoryHandler(storeOf(numbers), clock, new StoreHealth(silentLogger));
        const expected = numbers.filter((seq) => seq >= first);
        const forwards: number[] = [];
        for (let more = true, after = 0; more;) {
          const page = await ask(handler, { after, limit }, first, 60);
          assert.equal(page.count, page.numbers.length);
          forwards.push(...page.numbers);
          after = page.numbers.at(-1) ?? after;
          more = page.more;
        }
        assert.deepEqual(forwards, expected);
        const backwards: number[] = [];
        for (let more = true, before: number | undefined; more;) {
          const page = await ask(handler, { before, limit }, first, 60);
          backwards.unshift(...page.numbers);
          before = page.numbers[0] ?? before;
          more = page.more;
        }
        assert.deepEqual(backwards, expected);
      },
    ),
  );
});

test('who does not read is waited for, until it reads or is gone', async () => {
  const { clock, goTo } = createTestClock();
  const handler = new HistoryHandler(storeOf([1, 2]), clock, new StoreHealth(silentLogger));
  const transport = { unsentBytes: 1_000_000 };
  let isOpen = true;
  let answered = 0;
  const answer = () =>
    void handler
      .answer(request({}), readable(1, 2), () => (isOpen ? (transport as Transport) : undefined))
      .then(() => answered++);
  answer();
  for (let now = 20; now <= 1000; now += 20) {
    goTo(now);
    await new Promise(setImmediate);
  }
  assert.equal(answered, 0);
  transport.unsentBytes = 1000;
  goTo(1020);
  await new Promise(setImmediate);
  assert.equal(answered, 1);
  transport.unsentBytes = 1_000_000;
  answer();
  isOpen = false;
  goTo(1040);
  await new Promise(setImmediate);
  assert.equal(answered, 2);
});

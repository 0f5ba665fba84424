import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { textContent, textOf } from '../../content.ts';
import fc from 'fast-check';
import { FakeTimers } from '../../../../test/support/fake-timers.ts';
import { SmallStore } from '../../../../test/support/memory/small-store.ts';
import { parseExtendedEvent } from '../../../wire/extended/events.ts';
import { parseMessageId, parsePlace } from '../../../wire/extended/names.ts';
import { parseRequest, type RequestOf } from '../../../wire/extended/requests.ts';
import { PendingRequests } from '../../pending-requests.ts';
import { StoreWriter } from '../store-writer.ts';
import { maxUnderWay } from '../limits.ts';
import { Outbox } from './outbox.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
};

/** A server that knows streams, as the hub does [numbers of refused messages are not used up]. */
class StreamServer {
  readonly streams = new Map<string, number>();
  log: string[] = [];
  isFull = false;

  answer({ id, text, label }: RequestOf<'SEND'>): object {
    const { stream, number } = parseMessageId(id) ?? { stream: '', number: 0 };
    const last = this.streams.get(stream);
    const failed = (code: string, more: object = {}) => ({
      verb: 'FAILED',
      fields: { label, request: 'SEND', code, text: code, id, ...more },
    });
    if (last !== undefined && number <= last) {
      return { verb: 'SENT', fields: { label, in: 'lobby', id, repeated: true } };
    }
    if (last !== undefined && number > last + 1)
      return failed('out-of-order', { expected: last + 1 });
    if (this.isFull) return failed('store-failed');
    if (text?.startsWith('forbidden')) return failed('not-a-member');
    this.streams.set(stream, number);
    this.log.push(text ?? '');
    return { verb: 'SENT', fields: { label, in: 'lobby', id, seq: this.log.length, at: 1 } };
  }
}

/** One run of a program on a store. */
async function startRun(store: SmallStore, server: StreamServer) {
  const timers = new FakeTimers();
  const refused: string[] = [];
  const records = await store.load();
  const writer = new StoreWriter(store, (cause) => {
    throw cause;
  });
  const settle = async (entry: Parameters<Outbox['settle']>[0]) => {
    await new Promise(setImmediate);
    if (outbox.book.get(entry.record.localId) === undefined) return;
    await writer.write([outbox.settle(entry)]);
  };
  const outbox: Outbox = new Outbox(
    {
      writer,
      random,
      timers,
      stored: (entry) => void settle(entry),
      refused: (entry) => {
        refused.push(textOf(entry.record.content));
        void settle(entry);
      },
      deviceChanged: async () => {},
      alone: (act: () => Promise<void>) => act(),
      twin: async (leave) => void leave(),
      drafted: () => {},
      draftedIn: () => {},
      stale: () => {},
      moved: () => {},
    },
    records,
    parsePlace,
  );
  let pending: PendingRequests | undefined;
  let sent: RequestOf<'SEND'>[] = [];
  const connect = () => {
    sent = [];
    pending = new PendingRequests((line) => {
      const request = parseRequest('SEND', line);
      assert.ok(request?.verb === 'SEND');
      sent.push(request);
      assert.ok(sent.length <= maxUnderWay, 'no more is under way than may be');
    });
    outbox.login(pending, true);
  };
  const disconnect = () => {
    outbox.logout();
    pending?.close();
    pending = undefined;
    sent = [];
  };
  /** The server handles the next `count` requests. The answers to the last `lost` of them never arrive. */
  const serve = (count: number, lost = 0) => {
    const requests = sent.splice(0, count);
    requests.forEach((request, at) => {
      const { verb, fields } = server.answer(request) as { verb: string; fields: object };
      if (at >= requests.length - lost) return;
      const event = parseExtendedEvent(`${verb} ${JSON.stringify(fields)}`);
      assert.ok(event);
      pending?.receive(event);
    });
    if (lost > 0) disconnect();
  };
  const say = (text: string) => {
    const localId = Buffer.from(random(16)).toString('hex');
    outbox.say({ kind: 'lobby' }, { localId, content: textContent(text) }, undefined);
  };
  return {
    outbox,
    timers,
    refused,
    say,
    connect,
    disconnect,
    serve,
    isConnected: () => pending !== undefined,
    sent: () => sent,
  };
}

const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      forbidden: fc.boolean(),
      many: fc.integer({ min: 1, max: 90 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('serve' as const),
      count: fc.nat(80),
      lost: fc.nat(3),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'disconnect' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'connect' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'crash' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('full' as const), isFull: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('turns' as const), count: fc.nat(4) }) },
);

test('whatever breaks when: what was kept is stored by the server once, in its order; what was refused never', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { size: 'max', maxLength: 40 }), async (actions) => {
      let store = new SmallStore();
      const server = new StreamServer();
      let run = await startRun(store, server);
      const said: string[] = [];
      const kept = new Set<string>();
      for (const act of actions) {
        if (act.kind === 'say') {
          for (let count = 0; count < act.many; count++) {
            const text = `${act.forbidden && count === 0 ? 'forbidden' : 'text'} ${said.length}`;
            said.push(text);
            run.say(text);
          }
        } else if (act.kind === 'serve') run.serve(act.count, act.lost);
        else if (act.kind === 'disconnect') run.disconnect();
        else if (act.kind === 'connect' && !run.isConnected()) run.connect();
        else if (act.kind === 'full') server.isFull = act.isFull;
        else if (act.kind === 'turns') await turns(act.count);
        else if (act.kind === 'crash') {
          store.isDead = true;
          store = store.survivor();
          run = await startRun(store, server);
        }
        for (const { content } of store.records.outbox) kept.add(textOf(content));
      }
      server.isFull = false;
      if (!run.isConnected()) run.connect();
      for (let rounds = 0; rounds < 400 && run.outbox.book.size > 0; rounds++) {
        run.serve(1000);
        await turns(3);
        run.timers.advance(10_000);
      }
      assert.equal(run.outbox.book.size, 0, 'everything is settled in the end');
      for (const text of server.log) kept.add(text);
      const expected = said.filter((text) => kept.has(text) && !text.startsWith('forbidden'));
      assert.deepEqual(server.log, expected);
    }),
    { numRuns: 150 },
  );
});

test('a server that was put back to an earlier state gets what it lacks under another stream', async () => {
  const [store, server] = [new SmallStore(), new StreamServer()];
  const run = await startRun(store, server);
  run.connect();
  for (const text of ['a', 'b', 'c']) run.say(text);
  for (let round = 0; round < 3; round++) {
    await turns(3);
    run.serve(3);
  }
  await turns(3);
  assert.equal(run.outbox.book.size, 0);
  const [stream = ''] = server.streams.keys();
  run.disconnect();
  server.streams.set(stream, 1);
  server.log = ['a'];
  run.say('d');
  run.connect();
  for (let round = 0; round < 5; round++) {
    await turns(3);
    run.serve(10);
  }
  assert.deepEqual(server.log, ['a', 'd']);
  assert.equal(server.streams.size, 2, 'b and c are gone, and d does not take their numbers');
});

test('what comes behind a message goes out behind it', async () => {
  const [store, server] = [new SmallStore(), new StreamServer()];
  const run = await startRun(store, server);
  run.connect();
  const order: string[] = [];
  run.say('the first one opens the stream');
  await turns(3);
  run.serve(1);
  for (let count = 0; count < maxUnderWay + 2; count++) run.say(`text ${count}`);
  run.outbox.behind(() => order.push(`after ${run.sent().length}`));
  await turns(3);
  assert.deepEqual(order, []);
  run.serve(2);
  assert.deepEqual(order, [`after ${maxUnderWay}`]);
});

test('what the disk did not take is known apart from what waits there', async () => {
  const store = new SmallStore();
  const { outbox, say } = await startRun(store, new StreamServer());
  say('kept');
  await turns(3);
  assert.equal(outbox.unkept.length, 0);
  store.isFull = true;
  say('nowhere else');
  await turns(3);
  assert.deepEqual(
    outbox.unkept.map(({ record }) => textOf(record.content)),
    ['nowhere else'],
  );
  assert.equal(outbox.book.size, 2);
});

// The inbox as the one writer of how a conversation stands: nothing is passed on the disk that is not there, whatever else
// has to be written while messages are opened.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textContent } from '../../content.ts';
import { FakeTimers } from '../../../../test/support/fake-timers.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import type { ClientEvent } from '../../client-event.ts';
import type { ClientChange, HistoryRecord } from '../../store/store-port.ts';
import { Conversation } from '../conversations.ts';
import type { DirectReader } from './direct-reader.ts';
import { Erasures } from '../erasures.ts';
import { Inbox } from './inbox.ts';
import type { OutboxEntry, Outbox } from '../outbox/outbox.ts';
import { Receipts } from './receipts.ts';
import { AccountQueue } from '../account-queue.ts';

const name = '@alice+bob' as ConversationName;

const own = {
  place: { kind: 'direct', user: 'bob' },
  record: { localId: 'ab', content: { kind: 'text', text: 'hi' } },
} as unknown as OutboxEntry;

const failed = (cause: unknown): never => assert.fail(String(cause));

function setUp() {
  const timers = new FakeTimers();
  const written: ClientChange[] = [];
  const told: ClientEvent[] = [];
  const got: number[] = [];
  const store = {
    write: async (changes: readonly ClientChange[]) => void written.push(...changes),
  };
  const bench = new AccountQueue(store, failed);
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reader = {
    read: async (...[conversation, , { seq }, , batch]: Parameters<DirectReader['read']>) => {
      await opened;
      const message = { conversation: conversation.name, seq, content: textContent(`${seq}`) };
      batch.changes.push({ type: 'message', message: message as never });
    },
    ask: () => {},
  };
  const receipts: Receipts = new Receipts({
    seen: () => {},
    timers,
    got: (_, seq) => void got.push(seq),
    writeSeen: (conversations) =>
      void inbox.enqueue(conversations.map((conversation) => ({ kind: 'seen', conversation }))),
  });
  const inbox: Inbox = new Inbox({
    me: 'alice' as Username,
    now: () => timers.now,
    timers,
    engine: { stored: () => [], logRestarted: () => [], knownDevice: async () => undefined },
    groups: undefined,
    isAdmin: async () => false,
    expiry: { prepare: () => {} },
    erasures: new Erasures({ values: [], write: async () => {} }),
    reader: reader as unknown as DirectReader,
    store: {
      numbered: async () => undefined,
      ownBehind: async () => [],
      ownMessages: async () => [],
    },
    outbox: {
      written: () => {},
      settle: () => ({ type: 'outbox-removed', localId: 'ab' }),
      book: { get: () => own, idOf: () => ({ stream: 's', number: 1 }), stream: 's' },
    } as unknown as Outbox,
    writer: bench.writer,
    receipts,
    work: bench.add,
    messageOf: () =>
      ({ conversation: name, localId: 'ab', content: textContent('hi'), at: 1 }) as HistoryRecord,
    emit: (event) => void told.push(event),
    note: () => {},
    willBeSaid: async () => {},
    full: () => {},
  });
  const conversation = new Conversation(
    { kind: 'direct', user: 'bob' as Username },
    { name, log: 1, epoch: 0, earlier: [], cursor: 5, read: 0 },
  );
  const says = (seq: number) => {
    const message = { verb: 'MSG', in: name, seq, at: seq, from: 'bob' as Username } as const;
    return inbox.enqueue([{ kind: 'said', conversation, message, isLate: false }]);
  };
  /** The server has an own message, and may say under which number. */
  const stored = (seq: number | undefined) =>
    inbox.enqueue([
      { kind: 'stored', conversation, entry: own, seq, at: undefined, isNext: false },
    ]);
  /** The log has an own message that was stored without its number. */
  const echo = (seq: number) => {
    const from = 'alice' as Username;
    const message = { verb: 'MSG', in: name, id: 's.1', seq, at: seq, from } as const;
    return inbox.enqueue([{ kind: 'said', conversation, message, isLate: false }]);
  };
  const delivered = (seq: number) => inbox.enqueue([{ kind: 'delivered', conversation, seq }]);
  const states = () => ({
    told: told.flatMap((event) => (event.type === 'own' ? event.message.state : [])),
    kept: written.flatMap((change) => (change.type === 'message' ? change.message.state : [])),
  });
  const cursors = () =>
    written.flatMap((change) =>
      change.type === 'conversation'
        ? [[change.conversation.cursor, change.conversation.read]]
        : [],
    );
  return {
    timers,
    written,
    got,
    bench,
    receipts,
    conversation,
    says,
    cursors,
    open: () => open(),
    inbox,
    stored,
    echo,
    delivered,
    states,
  };
}

test('no timer writes a cursor ahead of the messages that it passes', async () => {
  const { timers, written, got, bench, receipts, conversation, says, cursors, open } = setUp();
  const done = says(6);
  await new Promise(setImmediate);
  // It is being opened, which takes long: meanwhile what was seen before is due.
  receipts.read(conversation, 5);
  assert.equal(conversation.cursor, 5);
  timers.advance(1000);
  await new Promise(setImmediate);
  assert.deepEqual([cursors(), got], [[], []]);
  open();
  await done;
  await bench.idle();
  assert.deepEqual(cursors()[0], [6, 5]);
  const types = written.map(({ type }) => type);
  assert.deepEqual(types.slice(0, 2), ['conversation', 'message'], 'in one change set');
  timers.advance(1000);
  assert.deepEqual(got, [6]);
});

test('nothing is read that was not told: what is being opened is not there yet', async () => {
  const { timers, bench, receipts, conversation, says, cursors, open } = setUp();
  const done = says(6);
  receipts.read(conversation, undefined);
  assert.deepEqual([conversation.cursor, conversation.read], [5, 5]);
  open();
  await done;
  timers.advance(1000);
  await bench.idle();
  assert.deepEqual(cursors().at(-1), [6, 5]);
});

test('what was seen goes along with whatever is written next', async () => {
  const { bench, receipts, conversation, says, cursors, open } = setUp();
  open();
  receipts.read(conversation, 4);
  await says(6);
  await bench.idle();
  assert.deepEqual(cursors(), [[6, 4]], 'at once, and once');
});

test('delivered is an own text also where that was heard before its number, after a lost answer', async () => {
  const { delivered, stored, states } = setUp();
  await delivered(7);
  await stored(7);
  assert.deepEqual(states(), { told: ['stored', 'delivered'], kept: ['delivered'] });
});

test('delivered is an own text also where its number came with the log alone, before that or after it', async () => {
  for (const isBefore of [true, false]) {
    const { delivered, echo, stored, states } = setUp();
    await stored(undefined);
    if (isBefore) await delivered(7);
    await echo(7);
    if (!isBefore) await delivered(7);
    assert.deepEqual(states().told, ['stored', 'delivered']);
  }
});

test('what was delivered of the log before says nothing of the log of now', async () => {
  const { conversation, delivered, inbox, stored, states } = setUp();
  await delivered(7);
  const change = { kind: 'put-back', log: 2, start: 5, common: 5 } as const;
  conversation.expect(change);
  await inbox.enqueue([{ kind: 'described', conversation, change }]);
  await stored(7);
  assert.deepEqual(states().told, ['stored']);
});

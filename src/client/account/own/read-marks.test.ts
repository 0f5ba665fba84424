// When other devices are told how far a person has read, and what is taken from them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../../test/support/fake-timers.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import { Conversations } from '../conversations.ts';
import type { InboxBatch } from '../inbox/batch.ts';
import { readNoteMs } from '../limits.ts';
import { ReadMarks } from './read-marks.ts';

const lobby = 'lobby' as ConversationName;

function setUp({ isPerson = true, isDiskFull = false } = {}) {
  const record = { name: lobby, log: 7, epoch: 0, earlier: [], cursor: 20, read: 10 };
  const conversations = new Conversations('alice' as Username, [record], false);
  const conversation = conversations.get(lobby);
  assert.ok(conversation);
  const timers = new FakeTimers();
  const sent: unknown[] = [];
  const marks = new ReadMarks({
    me: 'alice',
    own: {
      on: () => {},
      send: async (kind, body, subject) => {
        sent.push([kind, body, subject]);
        if (isDiskFull) throw new Error('the disk is full');
        return 'queued';
      },
    },
    conversations,
    store: { history: async () => [] },
    timers,
    isPerson: () => isPerson,
  });
  const reads = (seq: number) => {
    conversation.seen = seq;
    marks.moved(conversation);
    return sent.splice(0);
  };
  return { conversation, marks, reads, sent, timers };
}

function batch(): InboxBatch {
  const nothing = { changes: [], events: [], notes: [], drafts: [], afterwards: [] };
  const none = { records: new Map(), touched: new Set(), groups: new Set(), standings: new Map() };
  return { ...nothing, ...none } as unknown as InboxBatch;
}

test('the first is told at once, further ones together after a while, and what is due when the program ends', async () => {
  const { marks, reads, sent, timers } = setUp();
  assert.deepEqual(reads(11), [['read', [7, 11], 'lobby']]);
  assert.deepEqual(reads(12), []);
  assert.deepEqual(reads(13), []);
  timers.advance(readNoteMs);
  assert.deepEqual(sent.splice(0), [['read', [7, 13], 'lobby']]);
  timers.advance(readNoteMs);
  assert.deepEqual(sent, []);
  assert.deepEqual(reads(14), [['read', [7, 14], 'lobby']]);
  assert.deepEqual(reads(15), []);
  await marks.flush();
  assert.deepEqual(sent.splice(0), [['read', [7, 15], 'lobby']]);
});

test('a program that nobody reads at tells nothing, and misses nothing that is read elsewhere', async () => {
  const { conversation, marks, reads } = setUp({ isPerson: false });
  assert.deepEqual(reads(11), []);
  await marks.take(lobby, [7, 15], batch());
  assert.equal(conversation.seen, 11);
});

test('the higher mark wins, of the log that is known; one that is ahead of what is here stays', async () => {
  const { conversation, marks, sent } = setUp();
  const take = async (log: number, seq: number) => {
    const taken = batch();
    await marks.take(lobby, [log, seq], taken);
    return taken.events.length;
  };
  assert.deepEqual([await take(8, 15), conversation.seen], [0, 10]);
  assert.deepEqual([await take(7, 9), conversation.seen], [0, 10]);
  assert.deepEqual([await take(7, 15), conversation.seen], [1, 15]);
  assert.deepEqual([await take(7, 30), conversation.seen], [1, 30]);
  conversation.countUnread(30, 'bob');
  assert.equal(conversation.unread, 0);
  conversation.countUnread(31, 'bob');
  assert.equal(conversation.unread, 1);
  await marks.take('#nowhere', [7, 3], batch());
  assert.deepEqual(sent, [], 'nobody is told what they have said');
  assert.deepEqual(marks.all, [[lobby, [7, 30]]]);
});

test('a disk that takes no note ends neither the program, nor its end', async () => {
  const { marks, reads, timers } = setUp({ isDiskFull: true });
  assert.equal(reads(11).length, 1);
  assert.equal(reads(12).length, 0);
  timers.advance(readNoteMs);
  reads(13);
  // Whatever is rejected without a catch is reported by then.
  await new Promise((resolve) => setImmediate(resolve));
  await marks.flush();
});

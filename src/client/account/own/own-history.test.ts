// What is taken of a piece, by who has made it: a device of the account, or one that was revoked and may be a thief's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import { message } from '../../../../test/conformance/client-store.ts';
import { encodePiece } from '../../history/piece.ts';
import { MemoryClientStore } from '../../store/memory-store.ts';
import type { ConversationRecord } from '../../store/store-port.ts';
import { Conversations } from '../conversations.ts';
import type { InboxBatch } from '../inbox/batch.ts';
import { takePiece } from '../inbox/imported.ts';
import { OwnHistory } from './own-history.ts';

const alice = 'alice' as Username;
const team = '#team' as ConversationName;

/** A device that has `records`, and writes what it takes as its inbox would. */
function device(...records: readonly ConversationRecord[]) {
  const store = new MemoryClientStore();
  const conversations = new Conversations(alice, records, false);
  const history = new OwnHistory({
    me: alice,
    store,
    conversations,
    sealing: undefined,
    write: async (items) => {
      for (const item of items) {
        assert.equal(item.kind, 'imported');
        const records = new Map();
        const batch = { changes: [], events: [], records } as unknown as InboxBatch;
        takePiece(item.conversation, item, batch);
        for (const [conversation, record] of batch.records) {
          conversation.record = record;
          batch.changes.push({ type: 'conversation', conversation: record });
        }
        await store.write(batch.changes);
      }
    },
  });
  const known = () => store.records.conversations.find(({ name }) => name === team);
  const keys = async () =>
    (await store.historyRange(team, { kind: 'first' }, 100)).map(({ seq, key }) => [seq, key]);
  return { conversations, history, known, keys };
}

/** A piece of a conversation in which everything is compared, and was read up to 900. */
function piece() {
  const row = (seq: number, key: 'verified' | 'changed') => {
    const { conversation: _, ...rest } = message({ seq, from: 'bob' as Username, key });
    return { ...rest, place: seq };
  };
  const place = { conversation: team, log: 7, earlier: [], back: 0, cursor: 900, read: 900 };
  return encodePiece({ ...place, rows: [row(1, 'verified'), row(2, 'changed')] });
}

test('of a device of the account a piece counts whole: what was compared, and how far the conversation is', async () => {
  const { history, known, keys } = device();
  assert.equal(await history.take(piece()), 'taken');
  const record = known();
  assert.deepEqual([record?.log, record?.cursor, record?.read], [7, 900, 900]);
  assert.deepEqual(await keys(), [
    [1, 'verified'],
    [2, 'changed'],
  ]);
});

test('of a revoked device messages alone are taken: nothing counts as compared, and no conversation as read', async () => {
  const { history, conversations, known, keys } = device();
  assert.equal(await history.take(piece(), 'revoked device'), 'taken');
  const record = known();
  assert.deepEqual([record?.cursor, record?.read, record?.earlier], [0, 0, []]);
  const conversation = conversations.get(team);
  assert.deepEqual([conversation?.handed, conversation?.read], [0, 0]);
  const found = await keys();
  assert.deepEqual(
    found.map(([, key]) => key),
    ['pinned', 'changed'],
  );
  // A device of the account tells the rest later, once.
  assert.equal(await history.take(piece()), 'taken');
  assert.deepEqual([known()?.log, known()?.cursor], [7, 900]);
});

test('what a revoked device has of a log that is known here has its place there, and moves nothing', async () => {
  const here = { name: team, log: 7, epoch: 0, earlier: [], cursor: 3, read: 2 };
  const { history, conversations, keys } = device(here);
  assert.equal(await history.take(piece(), 'revoked device'), 'taken');
  const { handed, read, record } = conversations.get(team) ?? {};
  assert.deepEqual([handed, read, record], [3, 2, here]);
  assert.deepEqual(await keys(), [
    [1, 'pinned'],
    [2, 'changed'],
  ]);
});

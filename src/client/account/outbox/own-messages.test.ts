// Own messages whose answer was lost: each gets its one number, from the answer or from the log.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import { Conversations } from '../conversations.ts';
import { wholeFrom } from '../inbox/history-fetch.ts';
import type { InboxItem } from '../inbox/inbox.ts';
import { OwnMessages } from './own-messages.ts';
import type { OutboxEntry } from './outbox.ts';

const lobby = {
  name: 'lobby' as ConversationName,
  log: 1,
  epoch: 0,
  earlier: [],
  cursor: 5,
  read: 5,
};

function setUp(isBehind: boolean) {
  const taken: InboxItem[] = [];
  const conversations = new Conversations('alice' as Username, [lobby], false);
  const own = new OwnMessages({
    me: 'alice' as Username,
    now: () => 1,
    conversations,
    engine: undefined,
    enqueue: (item) => void taken.push(item),
    line: () => assert.fail('nothing is a commit'),
    idOf: () => undefined,
    isBehind: () => isBehind,
    work: () => assert.fail('nothing is encrypted'),
  });
  const entry = { place: { kind: 'lobby' }, progress: 'answered', record: {} } as OutboxEntry;
  const conversation = conversations.get(lobby.name);
  assert.ok(conversation);
  const stored = () =>
    taken.map((item) => (item.kind === 'stored' ? [item.seq, item.isNext] : item.kind));
  return { own, entry, conversation, stored };
}

test('a repeat without a number waits for the log, which is being fetched and tells it', () => {
  const { own, entry, conversation, stored } = setUp(true);
  own.stored(entry, { repeated: true });
  assert.deepEqual(stored(), [], 'it stays in the outbox, also over a kill');
  own.caughtUp(conversation);
  assert.deepEqual(stored(), [[undefined, false]], 'the log has not told it: it was thrown away');
  own.caughtUp(conversation);
  assert.equal(stored().length, 1);
});

test('where the connection ends before that, it is asked about again', () => {
  const { own, entry, conversation, stored } = setUp(true);
  own.stored(entry, { repeated: true });
  own.logout();
  assert.equal(entry.progress, 'waiting');
  own.caughtUp(conversation);
  assert.deepEqual(stored(), []);
});

test('a repeat with its number is stored under it, and moves no cursor', () => {
  const { own, entry, stored } = setUp(false);
  own.stored(entry, { seq: 9, at: 1, repeated: true });
  own.stored(entry, { seq: 6, at: 1 });
  assert.deepEqual(stored(), [
    [9, false],
    [6, true],
  ]);
});

test('pages by number hold each message once, also those without a number', () => {
  const all = [1, 2, undefined, undefined, 3, undefined, 4, 5].map((seq, at) => ({ seq, at }));
  const placeOf = (at: number): number =>
    all.slice(0, at + 1).findLast(({ seq }) => seq !== undefined)?.seq ?? 0;
  for (let limit = 1; limit <= all.length; limit++) {
    const seen: number[] = [];
    let before: number | undefined = Infinity;
    while (before !== undefined) {
      const end: number = before;
      const page = wholeFrom(all.filter(({ at }) => placeOf(at) < end).slice(-limit) as never);
      seen.unshift(...page.map(({ at }) => at));
      before = page[0]?.seq;
    }
    assert.equal(new Set(seen).size, seen.length, `pages of ${limit}`);
    if (limit > 2)
      assert.deepEqual(
        seen,
        all.map(({ at }) => at),
      );
  }
});

// A mark of an unreadable message goes from a view that shows it, as from the history: when its text comes in its place,
// and when it turns out that the text is there already.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import type { ChatClient } from '../chat-client.ts';
import { textContent, textOf } from '../content.ts';
import { MemoryClientStore } from '../store/memory-store.ts';
import type { HistoryRecord } from '../store/store-port.ts';
import { Timeline } from './timeline.ts';

const name = '@al+bob' as ConversationName;
const from = 'bob' as Username;
const record = { name, log: 1, epoch: 0, earlier: [], cursor: 3, read: 3 };

function said(seq: number, text: string, unreadable?: string): HistoryRecord {
  return {
    conversation: name,
    localId: undefined,
    seq,
    at: seq,
    from,
    guest: false,
    content: textContent(text),
    encrypted: true,
    key: 'pinned',
    unreadable,
    state: undefined,
    reason: undefined,
  };
}

/** A view of a conversation in which the second message could not be read. */
async function openView() {
  const store = new MemoryClientStore();
  const messages = [said(1, 'one'), said(2, '', 'damaged'), said(3, 'three')];
  await store.write([
    { type: 'conversation', conversation: record },
    ...messages.map((message) => ({ type: 'message', message }) as const),
  ]);
  const place = { kind: 'direct', user: from } as const;
  const client = {
    as: 'account',
    amending: [],
    conversations: [{ ...record, place, isIn: true, isKept: true, admin: undefined, unread: 0 }],
    historyRange: store.historyRange.bind(store),
    devices: { of: () => Promise.resolve(undefined) },
    roster: undefined,
    people: { meantBy: () => undefined },
  } as unknown as ChatClient;
  const timeline = new Timeline({ me: 'al', now: () => 0, timers: new FakeTimers() }, client);
  timeline.lookAt('@bob');
  const kept = timeline.book.get('@bob');
  await kept?.messageIndex?.loaded;
  const shown = () =>
    Array.from({ length: kept?.log.length ?? 0 }, (_, index) => kept?.log.at(index)).map((item) =>
      item?.kind === 'message' ? textOf(item.content) : item?.kind,
    );
  assert.deepEqual(shown(), ['one', 'unreadable', 'three']);
  return { timeline, shown };
}

test('the text of a mark is there in another place: the mark goes, and nothing else', async () => {
  const { timeline, shown } = await openView();
  for (const seq of [2, 3]) timeline.receive({ type: 'mark-removed', conversation: name, seq });
  assert.deepEqual(shown(), ['one', 'three']);
});

test('the text of a mark comes: it is shown once, and the mark goes', async () => {
  const { timeline, shown } = await openView();
  const filed = { conversation: name, seq: 2, at: 2, guest: false, own: false, late: false };
  const message = { place: 'private', from, content: textContent('two'), encrypted: true } as const;
  const again = { ...message, key: 'pinned', filed: { ...filed, again: true } } as const;
  timeline.receive({ type: 'message', message: again });
  assert.deepEqual(shown(), ['one', 'three', 'two']);
});

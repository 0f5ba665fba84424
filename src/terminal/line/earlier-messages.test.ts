// What a chat in the line mode shows of the time before it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationView } from '../../client/account/conversations.ts';
import type { ChatClient } from '../../client/chat-client.ts';
import type { ClientEvent } from '../../client/client-event.ts';
import { textContent, textOf } from '../../client/content.ts';
import { PlaceMarks } from '../../client/wording/place-marks.ts';
import type { HistoryRecord } from '../../client/store/store-port.ts';
import { EarlierMessages } from './earlier-messages.ts';

type MessageEvent = Extract<ClientEvent, { readonly type: 'message' }>;

function record(seq: number, from: string): HistoryRecord {
  const content = textContent(`${from} ${seq}`);
  return { conversation: 'lobby', seq, at: seq, from, guest: false, content } as HistoryRecord;
}

/** Bob's chat in a pipe with what is in his lobby, of which he has seen up to `read`. */
function stage(records: readonly HistoryRecord[], read: number) {
  const unread = records.filter(({ from, seq }) => from !== 'bob' && (seq ?? 0) > read).length;
  const lobby = { name: 'lobby', place: { kind: 'lobby' }, unread, read };
  const client = {
    username: 'bob',
    conversations: [lobby as unknown as ConversationView],
    history: async (_: string, before = Infinity, limit: number) =>
      records.filter(({ seq }) => (seq ?? 0) < before).slice(-limit),
    read: () => {},
    quiet: { isIgnored: () => false },
  } as unknown as ChatClient;
  const printed: string[] = [];
  const earlier = new EarlierMessages({
    client,
    marks: new PlaceMarks('bob', false),
    last: 0,
    all: true,
    print: ({ kind, text }) => void (kind === 'lobby' && printed.push(text)),
    show: ({ message }) => void printed.push(`live: ${textOf(message.content)}`),
  });
  return { earlier, printed };
}

test('every missed message is shown, however many own ones stand between them', async () => {
  const records = Array.from({ length: 900 }, (_, n) =>
    record(n + 1, n % 9 === 0 ? 'alice' : 'bob'),
  );
  const { earlier, printed } = stage(records, 9);
  await earlier.show();
  assert.equal(printed.length, 99);
  assert.match(printed[0] ?? '', /alice 10$/);
});

test('an own message that is sent before everything missed is here is shown behind it', async () => {
  const { earlier, printed } = stage([record(1, 'alice')], 0);
  const own = {
    content: textContent('bob 2'),
    from: 'bob',
    filed: { conversation: 'lobby', seq: 2 },
  };
  assert.ok(earlier.takes({ type: 'message', message: own } as unknown as MessageEvent));
  await earlier.show();
  assert.equal(printed.length, 2);
  assert.match(printed[0] ?? '', /alice 1$/);
  assert.equal(printed[1], 'live: bob 2');
});

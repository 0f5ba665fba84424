// Messages as an earlier version has kept them, which did not know what they are; and what a store makes of them after an
// upgrade.
import assert from 'node:assert/strict';
import { currentOf } from '../../src/client/amending/current.ts';
import { encodeContent, textContent, textOf, type Content } from '../../src/client/content.ts';
import { ConversationTimers } from '../../src/client/expiring/conversation-timers.ts';
import type {
  ClientChange,
  ClientStore,
  HistoryRecord,
} from '../../src/client/store/store-port.ts';
import type { ConversationName } from '../../src/wire/extended/names.ts';
import type { Username } from '../../src/wire/text.ts';

const name = '@alice+bob' as ConversationName;
const group = '#tea' as ConversationName;
const bob = 'bob' as Username;
const idOf = (seq: number) => String(seq % 10).repeat(32);

function kept(seq: number, content: Content, conversation = name): ClientChange {
  const message = {
    conversation,
    localId: undefined,
    seq,
    at: 1_000 + seq,
    from: bob,
    guest: false,
    content: content.kind === 'text' && content.ttl === undefined ? content : unknown(content),
    encrypted: true,
    key: 'pinned',
    unreadable: undefined,
    state: undefined,
    reason: undefined,
    textId: idOf(seq),
  } as unknown as HistoryRecord;
  return { type: 'message', message };
}

function unknown(content: Content): Content {
  return { kind: 'unknown', ...encodeContent(content) };
}

const target = (seq: number) => ({ seq, id: idOf(seq) });

/** What such a store has. */
export const keptUnknown: readonly ClientChange[] = [
  ...[name, group].map((conversation): ClientChange => {
    const record = { name: conversation, log: 1, epoch: 0, earlier: [], cursor: 9, read: 0 };
    return { type: 'conversation', conversation: record };
  }),
  kept(1, textContent('one')),
  kept(2, { kind: 'edit', target: target(1), text: 'first', mentions: [] }),
  kept(3, { kind: 'react', target: target(1), emoji: '\u{1f44d}', isOn: true }),
  kept(4, textContent('two')),
  kept(5, { kind: 'delete', target: target(4) }),
  kept(6, { kind: 'timer', seconds: 3_600 }),
  kept(7, { ...textContent('wombat'), ttl: 3_600 }),
  kept(8, { kind: 'edit', target: target(7), text: 'echidna', mentions: [], ttl: 3_600 }),
  // Of a message that is not here: it would outlive it.
  kept(9, { kind: 'edit', target: target(99), text: 'quokka', mentions: [], ttl: 3_600 }),
  kept(1, { kind: 'timer', seconds: 3_600 }, group),
];

/** What is there after the upgrade. */
export async function assertAdopted(store: ClientStore): Promise<void> {
  const records = await store.history(name, undefined, 99);
  const texts = records.map((record) => {
    const { content, reactions } = currentOf(record);
    return [textOf(content), ...reactions.map(({ emoji }) => emoji)];
  });
  assert.deepEqual(texts, [['first', '\u{1f44d}'], [''], [''], ['echidna']]);
  const longest = Date.now() + 2 * 3_600_000;
  assert.ok(((await store.nextEnd()) ?? Infinity) <= longest);
  assert.equal((await store.expiring(longest)).length, 1);
  const timers = new ConversationTimers((await store.load()).values);
  assert.deepEqual([timers.of(name), timers.of(group)], [3_600, 0]);
}

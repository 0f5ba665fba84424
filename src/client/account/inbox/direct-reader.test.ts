// A text is shown once, whatever a server does to the messages that it came in: every order of a damaged message, what is
// said again for it, and the message itself after all, with restarts in between.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textContent, textOf } from '../../content.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import type { OpenOutcome } from '../../encryption/stored/engine.ts';
import { MemoryClientStore } from '../../store/memory-store.ts';
import type { InboxBatch } from './batch.ts';
import { Conversation } from '../conversations.ts';
import { DirectReader } from './direct-reader.ts';

const name = '@alice+bob' as ConversationName;
const bob = 'bob' as Username;
const record = { name, log: 1, epoch: 0, earlier: [], cursor: 0, read: 0 };
const text = {
  kind: 'message',
  id: 'aa',
  content: textContent('hi'),
  key: 'pinned',
  changes: [],
} as const;

/** What comes of a message: it is damaged, lost by the server, whole, or what was in the first one is said again. */
type Kind = 'damaged' | 'lost' | 'whole' | 'again' | 'other';

function outcomeOf(kind: Kind, damagedAt: number): OpenOutcome {
  switch (kind) {
    case 'damaged':
    case 'lost':
      return { kind: 'unreadable', reason: 'damaged', changes: [] };
    case 'whole':
      return { ...text, of: undefined };
    case 'again':
      return { ...text, of: damagedAt };
    case 'other':
      return { ...text, id: 'bb', content: textContent('other'), of: undefined };
  }
}

/** What was told, where `isCut` says that a batch, and perhaps the program, ends before a message. */
async function shownBy(
  kinds: readonly Kind[],
  isKept: boolean,
  cutBefore: (at: number) => 'batch' | 'program' | undefined,
): Promise<{ readonly told: string[]; readonly store: MemoryClientStore }> {
  const store = new MemoryClientStore();
  await store.write([{ type: 'conversation', conversation: record }]);
  const conversation = new Conversation({ kind: 'direct', user: bob }, record);
  const damagedAt = kinds.findIndex((kind) => kind === 'damaged' || kind === 'lost') + 1;
  let outcome: OpenOutcome = outcomeOf('other', 0);
  const begin = () =>
    new DirectReader({
      me: 'alice' as Username,
      engine: { open: async () => outcome, lost: () => true, questions: () => [] },
      now: () => 7,
      outbox: undefined as never,
      store,
      random: (length) => new Uint8Array(length),
    });
  const told: string[] = [];
  let reader = begin();
  let batch: InboxBatch = emptyBatch();
  const write = async () => {
    await store.write(batch.changes);
    for (const event of batch.events) {
      if (event.type === 'message') told.push(textOf(event.message.content));
    }
    batch = emptyBatch();
  };
  for (const [index, kind] of kinds.entries()) {
    const cut = cutBefore(index);
    if (cut !== undefined) await write();
    if (cut === 'program') reader = begin();
    outcome = outcomeOf(kind, damagedAt);
    const seq = isKept ? index + 1 : undefined;
    const said = { verb: 'MSG', in: name, seq, at: index + 1, from: bob, sealed: 'x' } as const;
    if (kind === 'lost' && seq !== undefined) {
      const damage = { verb: 'damage', first: seq, last: seq, at: seq } as const;
      await reader.damaged(conversation, bob, damage, batch);
    } else {
      await reader.read(conversation, bob, said, false, batch);
    }
  }
  await write();
  return { told, store };
}

function emptyBatch(): InboxBatch {
  return { changes: [], events: [], notes: [], drafts: [], records: new Map(), touched: new Set() };
}

function* ordersOf(kinds: readonly Kind[]): Generator<readonly Kind[]> {
  if (kinds.length === 0) yield [];
  for (const first of new Set(kinds)) {
    const at = kinds.indexOf(first);
    for (const rest of ordersOf([...kinds.slice(0, at), ...kinds.slice(at + 1)])) {
      yield [first, ...rest];
    }
  }
}

const cuts = [undefined, 'batch', 'program'] as const;

test('every interleaving of damage, what is said again, and the original shows the text once', async () => {
  const ends: readonly Kind[] = ['again', 'again', 'whole', 'whole'];
  const all: readonly Kind[] = ['damaged', ...ends];
  for (const order of [...ordersOf(all), ...ordersOf(['lost', ...ends])]) {
    for (let way = 0; way < cuts.length ** all.length; way++) {
      const { told, store } = await shownBy(
        order,
        true,
        (at) => cuts[Math.floor(way / cuts.length ** at) % cuts.length],
      );
      const what = `${order.join()} ${way}`;
      assert.deepEqual(told, ['hi'], what);
      assert.equal(
        store.messages.filter(({ content }) => textOf(content) === 'hi').length,
        1,
        what,
      );
    }
  }
});

test('without the original it is shown where it could not be read, and without either that is said', async () => {
  const { told, store } = await shownBy(['damaged', 'other', 'again'], true, () => 'program');
  assert.deepEqual(told, ['other', 'hi']);
  assert.deepEqual(
    store.messages.map(({ content, unreadable }) => [textOf(content), unreadable]),
    [
      ['hi', undefined],
      ['other', undefined],
    ],
  );
  const { store: alone } = await shownBy(['damaged', 'other'], true, () => 'batch');
  assert.equal(alone.messages[0]?.unreadable, 'damaged');
});

test('where the server keeps nothing it is told once as long as the program runs', async () => {
  const { told } = await shownBy(['whole', 'other', 'whole'], false, () => 'batch');
  assert.deepEqual(told, ['hi', 'other']);
});

// A text is shown once, whatever a server does to the messages that it came in: every order of a damaged message, what is
// said again for it, and the message itself after all, with restarts in between.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textContent, textOf } from '../../content.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import type { OpenOutcome } from '../../encryption/stored/engine.ts';
import { MemoryClientStore } from '../../store/memory-store.ts';
import { isMark } from '../../store/taken-number.ts';
import { received, type InboxBatch } from './batch.ts';
import { Conversation } from '../conversations.ts';
import { DirectReader, type DirectReaderPorts } from './direct-reader.ts';

type Engine = DirectReaderPorts['engine'];

const name = '@alice+bob' as ConversationName;
const bob = 'bob' as Username;
const record = { name, log: 1, epoch: 0, earlier: [], cursor: 0, read: 0 };
const text = {
  kind: 'message',
  id: 'aa',
  content: textContent('hi'),
  key: 'pinned',
  peerKey: new Uint8Array(32),
  changes: [],
} as const;

/** What comes of a message: it is damaged, lost by the server, whole, or what was in the first one is said again. */
type Kind =
  | 'damaged'
  | 'lost'
  | 'whole'
  | 'again'
  | 'other'
  | 'own'
  | 'again other'
  | 'again own'
  | 'changed'
  | 'changed again';

const isUnread = (kind: Kind) => kind === 'damaged' || kind === 'lost';

function outcomeOf(kind: Kind, kinds: readonly Kind[]): OpenOutcome {
  const numberOf = (isMeant: (one: Kind) => boolean) => kinds.findIndex(isMeant) + 1;
  switch (kind) {
    case 'damaged':
    case 'lost':
      return { kind: 'unreadable', reason: 'damaged', changes: [] };
    case 'whole':
      return { ...text, of: undefined };
    case 'again':
      return { ...text, of: numberOf(isUnread) };
    case 'again other':
      return { ...text, of: numberOf((one) => one === 'other') };
    case 'again own':
      return { ...text, of: numberOf((one) => one === 'own') };
    case 'changed':
      return { ...text, key: 'changed', of: undefined };
    case 'changed again':
      return { ...text, key: 'changed', of: numberOf(isUnread) };
    case 'own':
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
  let outcome: OpenOutcome = outcomeOf('other', kinds);
  const begin = () => readerOn(store, async () => outcome);
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
    outcome = outcomeOf(kind, kinds);
    const seq = isKept ? index + 1 : undefined;
    const said = { verb: 'MSG', in: name, seq, at: index + 1, from: bob, sealed: 'x' } as const;
    if (kind === 'lost' && seq !== undefined) {
      const damage = { verb: 'damage', first: seq, last: seq, at: seq } as const;
      await reader.damaged(conversation, bob, damage, batch);
    } else if (kind === 'own') {
      const own = { ...received(conversation, said), from: 'alice' as Username, localId: 'own' };
      await store.write([{ type: 'message', message: own }]);
    } else {
      await reader.read(conversation, bob, said, false, batch);
    }
  }
  await write();
  return { told, store };
}

/** A reader of alice's, whose engine opens messages by `open`. */
function readerOn(
  store: MemoryClientStore,
  open: Engine['open'],
  isSibling: DirectReaderPorts['isSibling'] = async () => false,
): DirectReader {
  return new DirectReader({
    me: 'alice' as Username,
    engine: {
      open,
      isSealedForThis: async (sealed) => sealed === 'for this one',
      lost: () => true,
      questions: () => [],
      saidInRoom: () => Promise.reject(new Error('no room')),
      knownDevice: async () => undefined,
    },
    now: () => 7,
    outbox: undefined as never,
    store,
    random: (length) => new Uint8Array(length),
    isSibling,
  });
}

function emptyBatch(): InboxBatch {
  return {
    changes: [],
    events: [],
    notes: [],
    drafts: [],
    records: new Map(),
    touched: new Set(),
    groups: new Set(),
    standings: new Map(),
    isDelivered: () => false,
    afterwards: [],
  };
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
      const isSaidAgain = order.lastIndexOf('again') > order.findIndex(isUnread);
      assert.equal(store.messages.some(isMark), !isSaidAgain, `${what}: a mark beside the text`);
    }
  }
});

test('a mark goes when its text is there in another place, in the write that learns it, and not for another text', async () => {
  const { store } = await shownBy(['whole', 'damaged', 'other', 'again'], true, () => 'program');
  assert.deepEqual(
    store.messages.map(({ seq, content, unreadable }) => [seq, textOf(content), unreadable]),
    [
      [1, 'hi', undefined],
      [3, 'other', undefined],
    ],
  );
  const { store: before } = await shownBy(['whole', 'damaged', 'other'], true, () => 'batch');
  assert.equal(before.messages[1]?.unreadable, 'damaged');
});

test('nothing that can be read goes, whatever number somebody says again', async () => {
  // The number of a text: of another one, of that one itself, and of one of this account.
  for (const kinds of [
    ['whole', 'other', 'again other'],
    ['other', 'whole', 'again other'],
    ['whole', 'own', 'again own'],
  ] as const) {
    const { store } = await shownBy(kinds, true, () => 'batch');
    assert.equal(store.messages.length, 2, kinds.join());
  }
});

test('under a changed key no word about a mark counts: it stays, and the text stands where it came', async () => {
  for (const [kinds, place] of [
    [['damaged', 'changed', 'changed again'], 2],
    [['damaged', 'other', 'changed again'], 3],
  ] as const) {
    const { store } = await shownBy(kinds, true, () => 'program');
    assert.equal(store.messages[0]?.unreadable, 'damaged', kinds.join());
    const shown = store.messages.filter(({ content }) => textOf(content) === 'hi');
    assert.deepEqual(
      shown.map(({ seq }) => seq),
      [place],
      kinds.join(),
    );
  }
});

test('what is said again for a number without a mark is a text like any other, and not lost', async () => {
  const { told, store } = await shownBy(['other', 'again other'], true, () => 'batch');
  assert.deepEqual(told, ['other', 'hi']);
  assert.deepEqual(
    store.messages.map(({ seq, content }) => [seq, textOf(content)]),
    [
      [1, 'other'],
      [2, 'hi'],
    ],
  );
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

test('a text for another own device is no mark, and nobody is asked; one for a device that is none is', async () => {
  const store = new MemoryClientStore();
  const conversation = new Conversation({ kind: 'direct', user: bob }, record);
  const opened: unknown[] = [];
  const open: Engine['open'] = async (_, seq) => {
    opened.push(seq);
    return { kind: 'unreadable', reason: 'not for this device', changes: [] };
  };
  const reader = readerOn(store, open, async (device) => device === 'sibling');
  const batch = emptyBatch();
  const fields = { verb: 'MSG', in: name, at: 1, from: bob } as const;
  const sealed = { ...fields, sealed: 'x' } as const;
  for (const said of [
    { ...sealed, seq: 1, device: 'sibling' },
    { ...sealed, seq: 2, device: 'sibling', welcome: 'w' },
    { ...sealed, seq: 3, device: 'somebody' },
    // From before servers said so.
    { ...sealed, seq: 4 },
    // The server's word about it is not true.
    { ...sealed, seq: 6, device: 'sibling', sealed: 'for this one' },
    // Not encrypted: whatever the server says of it, that is told.
    { ...fields, seq: 5, device: 'sibling', text: 'hi' },
  ]) {
    await reader.read(conversation, bob, said, false, batch);
  }
  assert.deepEqual(opened, [3, 4, 6]);
  await store.write(batch.changes);
  const marks = store.messages.filter(({ unreadable }) => unreadable !== undefined);
  assert.deepEqual(
    marks.map(({ seq }) => seq),
    [3, 4, 5, 6],
  );
  assert.equal(conversation.unread, 4);
});

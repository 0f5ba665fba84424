// An export and its way back: what is in it, that it adds and never changes, and what is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeUtf8 } from '../../lib/bytes.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { textContent, type MessageContent } from '../content.ts';
import { MemoryClientStore } from '../store/memory-store.ts';
import type { ClientChange, ConversationRecord, HistoryRecord } from '../store/store-port.ts';
import { Archive } from './archive.ts';
import { unknownRecord } from './file-import.ts';

const me = 'alice' as Username;
const lobby = 'lobby' as ConversationName;
const both = '@alice+bob' as ConversationName;
const textId = (digit: string) => digit.repeat(32);

function recordOf(name: ConversationName, log = 7, cursor = 100): ConversationRecord {
  return { name, log, epoch: 0, earlier: [], cursor, read: 0 };
}

function said(seq: number, text: string, more: Partial<HistoryRecord> = {}): HistoryRecord {
  return {
    conversation: lobby,
    localId: undefined,
    seq,
    at: 1_700_000_000_000 + 1000 * seq,
    from: 'bob' as Username,
    guest: false,
    content: textContent(text),
    encrypted: false,
    key: undefined,
    unreadable: undefined,
    state: undefined,
    reason: undefined,
    ...more,
  };
}

/** A device of alice at the server `server`. */
async function device(changes: readonly ClientChange[], server = 1) {
  const store = new MemoryClientStore();
  await store.write(changes);
  const records = async () => (await store.load()).conversations;
  let known = await records();
  const identity = () => Promise.resolve(new Uint8Array(32).fill(server));
  const archive = new Archive(
    {
      me,
      now: () => 1_800_000_000_000,
      identity,
      records: () => known,
      isSealed: () => false,
      historyRange: store.historyRange.bind(store),
      pinOf: () => Promise.resolve({ key: new Uint8Array([1, 2, 3]), verified: true }),
    },
    {
      me,
      identity,
      record: (name) => known.find((one) => one.name === name) ?? unknownRecord(me, name),
      hasText: store.hasText.bind(store),
      add: async (name, messages) => {
        const record = unknownRecord(me, name);
        const isNew = !known.some((one) => one.name === name) && record !== undefined;
        const made: ClientChange[] = isNew ? [{ type: 'conversation', conversation: record }] : [];
        await store.write([...made, { type: 'imported', messages }]);
        known = await records();
      },
    },
  );
  const written = async (format: 'json' | 'text' = 'json') => {
    let text = '';
    for await (const piece of archive.write(format)) text += piece;
    return text;
  };
  return {
    store,
    written,
    /** In chunks of seven bytes, so that lines are cut anywhere. */
    take: (text: string) =>
      archive.take(async function* () {
        const bytes = encodeUtf8(text);
        for (let at = 0; at < bytes.length; at += 70) yield bytes.subarray(at, at + 70);
      }),
    texts: async (name: ConversationName = lobby) =>
      (await store.historyRange(name, { kind: 'first' }, 1000)).map((one) => {
        const { content } = one;
        return `${one.imported === true ? 'imported ' : ''}${content.kind === 'text' || content.kind === 'said' ? content.text : content.kind}`;
      }),
  };
}

const reply: MessageContent = {
  kind: 'said',
  reply: { seq: 1, id: textId('1') },
  text: 'an answer',
  mentions: [],
};
const amendments: readonly ClientChange[] = [
  { content: { kind: 'edit', text: 'one, mended', mentions: [] } as const, seq: 10 },
  { content: { kind: 'react', emoji: '👍', isOn: true } as const, seq: 11 },
].map(({ content, seq }) => ({
  type: 'amended',
  conversation: lobby,
  target: { seq: 1, id: textId('1') },
  amendment: {
    by: 'bob' as Username,
    at: 1_700_000_100_000,
    seq,
    asAdmin: false,
    content: { ...content, target: { seq: 1, id: textId('1') } },
  },
}));
const lived: readonly ClientChange[] = [
  { type: 'conversation', conversation: recordOf(lobby) },
  { type: 'conversation', conversation: recordOf(both, 8) },
  { type: 'message', message: said(1, 'one', { textId: textId('1') }) },
  { type: 'message', message: said(2, '', { content: reply, textId: textId('2') }) },
  { type: 'message', message: said(3, '', { unreadable: 'no key' }) },
  {
    type: 'message',
    message: said(4, '', {
      content: { kind: 'file', at: 'sender', name: 'a.txt', size: 5, sha256: new Uint8Array(32) },
    }),
  },
  {
    type: 'message',
    message: said(1, 'a secret', {
      conversation: both,
      encrypted: true,
      key: 'verified',
      textId: textId('a'),
    }),
  },
  ...amendments,
];

test('an export has everything that belongs to a message, and says when it is whole', async () => {
  const { written } = await device(lived);
  const lines = (await written())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ type }) => type),
    [
      'helo-export',
      'conversation',
      'message',
      'message',
      'message',
      'message',
      'conversation',
      'message',
      'person',
      'end',
    ],
  );
  const [head, , first, answer, unreadable, file, , secret, bob, end] = lines;
  assert.deepEqual([head.version, head.account], [1, 'alice']);
  assert.deepEqual(first.forms, [{ at: 1_700_000_001_000, text: 'one' }]);
  assert.equal(first.text, 'one, mended');
  assert.deepEqual(first.reactions, [{ emoji: '👍', by: ['bob'] }]);
  assert.deepEqual(answer.reply, { seq: 1, id: textId('1') });
  assert.equal(unreadable.unreadable, 'no key');
  assert.deepEqual(
    [file.file.name, file.file.size, file.file.sha256],
    ['a.txt', 5, '0'.repeat(64)],
  );
  assert.deepEqual([secret.encrypted, secret.key], [true, 'verified']);
  assert.deepEqual(bob, { type: 'person', name: 'bob', key: 'AQID', verified: true });
  assert.equal(end.messages, 5);
});

test('a message that disappears is in no export', async () => {
  const { written } = await device([
    { type: 'conversation', conversation: recordOf(lobby) },
    { type: 'message', message: said(1, 'for good') },
    { type: 'message', message: said(2, 'for an hour', { ends: 3_600_000 }) },
    {
      type: 'message',
      message: said(3, '', { content: { kind: 'text', text: 'unread', ttl: 3600 } }),
    },
  ]);
  for (const format of ['json', 'text'] as const) {
    const text = await written(format);
    assert.match(text, /for good/);
    assert.doesNotMatch(text, /for an hour|unread"|\) unread/);
  }
});

test('what is not here is added once, with its mark and without anything that it claims to prove', async () => {
  const file = await (await device(lived)).written();
  const other = await device([
    { type: 'conversation', conversation: recordOf(lobby) },
    { type: 'message', message: said(2, 'mine stays', { at: 5 }) },
  ]);
  for (let round = 0; round < 2; round += 1) {
    const done = await other.take(file);
    assert.deepEqual(done, { ok: true, value: { messages: 4, left: 1, conversations: 2 } });
    assert.deepEqual(await other.texts(), [
      'imported one, mended',
      'mine stays',
      'imported an answer',
      'imported file',
    ]);
    assert.deepEqual(await other.texts(both), ['imported a secret']);
  }
  const [secret] = await other.store.historyRange(both, { kind: 'first' }, 1);
  assert.deepEqual(
    [secret?.encrypted, secret?.key, secret?.textId, secret?.state],
    [false, undefined, undefined, undefined],
  );
  const found = await other.store.search?.({ words: ['secret'] }, 10);
  assert.equal(found?.length, 1);
  // What an import has brought is exported as that.
  assert.match(await other.written(), /"text":"a secret".*"imported":true/);
});

test('on a device that has all of it nothing changes', async () => {
  const whole = await device(lived);
  const before = await whole.written();
  assert.ok((await whole.take(before)).ok);
  assert.equal(await whole.written(), before);
});

test('what comes from the server or another device takes the place of what was imported', async () => {
  const file = await (await device(lived)).written();
  const other = await device([{ type: 'conversation', conversation: recordOf(lobby) }]);
  await other.take(file);
  await other.store.write([{ type: 'message', message: said(1, 'one', { textId: textId('1') }) }]);
  const [first, ...more] = await other.texts();
  assert.equal(first, 'one');
  assert.ok(!more.includes('imported one, mended'));
});

test('of another server, or another log, it stands before all that is here, in the order of time', async () => {
  const file = await (await device(lived)).written();
  for (const elsewhere of [
    await device(
      [
        { type: 'conversation', conversation: recordOf(lobby) },
        { type: 'message', message: said(1, 'new') },
      ],
      2,
    ),
    await device([
      { type: 'conversation', conversation: recordOf(lobby, 99) },
      { type: 'message', message: said(1, 'new') },
    ]),
  ]) {
    await elsewhere.take(file);
    await elsewhere.take(file);
    assert.deepEqual(await elsewhere.texts(), [
      'imported one, mended',
      'imported an answer',
      'imported file',
      'new',
    ]);
  }
});

test('a file with a fault is refused with its line, and nothing of it is taken', async () => {
  const file = await (await device(lived)).written();
  const lines = file.trimEnd().split('\n');
  const other = await device([{ type: 'conversation', conversation: recordOf(lobby) }]);
  const refused = async (text: string): Promise<string> => {
    const done = await other.take(text);
    assert.ok(!done.ok, text.slice(0, 100));
    assert.deepEqual(await other.texts(), []);
    return done.error;
  };
  const withLine = (index: number, line: string) => `${lines.with(index, line).join('\n')}\n`;
  assert.match(await refused(''), /no end/);
  assert.match(await refused(`${lines.slice(0, -1).join('\n')}\n`), /no end/);
  assert.match(await refused(lines.slice(1).join('\n')), /line 1: it does not begin/);
  assert.match(await refused(withLine(3, 'not json')), /line 4: it is no JSON/);
  assert.match(await refused(withLine(3, '[]')), /line 4: it has no type/);
  assert.match(await refused(withLine(3, '{"type":"message","at":-1}')), /line 4: at is not/);
  assert.match(
    await refused(withLine(3, JSON.stringify({ type: 'message', at: 1, from: 'no name!' }))),
    /line 4: from is not/,
  );
  assert.match(
    await refused(
      withLine(3, JSON.stringify({ type: 'message', at: 1, text: 'x'.repeat(70_000) })),
    ),
    /line 4: text is not/,
  );
  assert.match(await refused(withLine(4, 'x'.repeat(300_000))), /line 5: it is longer/);
  assert.match(
    await refused(
      withLine(
        6,
        JSON.stringify({ type: 'conversation', name: '@bob+carol', log: 1, sealed: true }),
      ),
    ),
    /line 7: @bob\+carol can be no conversation of alice/,
  );
  assert.match(
    await refused(file.replace('"version":1', '"version":2')),
    /line 1: it is of version 2/,
  );
  assert.match(
    await refused(file.replace('"account":"alice"', '"account":"eve"')),
    /of the account eve/,
  );
  assert.match(
    await refused(`${lines.filter((_, at) => at !== 2).join('\n')}\n`),
    /5 messages are to be/,
  );
  assert.match(await refused(`${file}${lines[2]}\n`), /behind the end/);
  // A later version may have more.
  const more = withLine(0, `${lines[0]}\n{"type":"pin","seq":4}`);
  assert.ok((await other.take(more)).ok);
});

// What every store of a client promises, as examples that each adapter runs. client-store.test.ts compares the adapters
// with each other by random histories.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { maxPins } from '../../src/client/amending/amendments.ts';
import { currentOf } from '../../src/client/amending/current.ts';
import { noTargetId } from '../../src/client/amending/target.ts';
import { textContent, textOf } from '../../src/client/content.ts';
import { MemoryClientStore } from '../../src/client/store/memory-store.ts';
import type {
  ClientChange,
  ClientStore,
  HistoryQuery,
  HistoryRecord,
  OutboxRecord,
  PlacedRecord,
} from '../../src/client/store/store-port.ts';
import type { ConversationName } from '../../src/wire/extended/names.ts';
import type { Username } from '../../src/wire/text.ts';

/** A store under test. `reopen` closes it and opens what it has stored. */
export interface ClientStoreUnderTest {
  readonly store: ClientStore;
  readonly reopen: () => Promise<ClientStore>;
}

export const lobby = 'lobby' as ConversationName;
export const withBob = '@alice+bob' as ConversationName;
const tea = '#tea' as ConversationName;
const jam = '#jam' as ConversationName;

export function message(part: Partial<HistoryRecord>): HistoryRecord {
  return {
    conversation: lobby,
    localId: undefined,
    seq: undefined,
    at: 1,
    from: 'bob' as Username,
    guest: false,
    content: textContent('text'),
    encrypted: false,
    key: undefined,
    unreadable: undefined,
    state: undefined,
    reason: undefined,
    ...part,
  };
}

export function conversation(name: ConversationName, log: number, cursor = 0): ClientChange {
  const conversation = { name, log, epoch: log, earlier: [], cursor, read: 0 };
  return { type: 'conversation', conversation };
}

/** What `store`, which can search, finds. */
export function searchIn(
  store: ClientStore,
  query: HistoryQuery,
  limit: number,
): Promise<readonly PlacedRecord[]> {
  assert.ok(store.search !== undefined, 'a store that can search');
  return store.search(query, limit);
}

/** Runs the examples on an empty adapter from `open`. */
export function clientStoreConformance(
  adapter: string,
  open: (t: TestContext) => Promise<ClientStoreUnderTest>,
): void {
  const example = (title: string, run: (under: ClientStoreUnderTest) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => {
      await run(await open(t));
    });

  /** An example about searching, for stores that can. */
  const searchExample = (title: string, run: (under: ClientStoreUnderTest) => Promise<void>) =>
    example(title, async (under) => {
      if (under.store.search !== undefined) await run(under);
    });

  example('a block has another stamp as soon as anything in it has changed', async (under) => {
    const { store } = under;
    const own = message({ localId: 'own', from: 'alice' as Username, encrypted: true });
    const mark = message({ seq: 9, unreadable: 'why', content: textContent('') });
    const changes: ClientChange[] = [
      { type: 'message', message: message({ seq: 3 }) },
      { type: 'message', message: { ...own, seq: 4, state: 'stored' } },
      { type: 'delivered', conversation: lobby, seq: 4 },
      { type: 'message', message: mark },
      { type: 'message', message: { ...mark, unreadable: undefined, content: textContent('it') } },
      { type: 'message', message: { ...own, localId: 'other', state: 'refused', reason: 'no' } },
      { type: 'message', message: message({ seq: 12, unreadable: 'why' }) },
      { type: 'mark-removed', conversation: lobby, seq: 12 },
    ];
    await store.write([conversation(lobby, 1)]);
    const seen = new Set<string>();
    for (const [step, change] of changes.entries()) {
      await store.write([change]);
      const [block] = await store.historyBlocks(lobby);
      assert.deepEqual(
        [block?.conversation, block?.epoch, block?.block, block?.newest],
        [lobby, 1, 0, 1],
      );
      // The removal of a mark leaves what was before it.
      if (step < changes.length - 1) assert.ok(!seen.has(block?.stamp ?? ''), `step ${step}`);
      seen.add(block?.stamp ?? '');
    }
    const waiting = message({ localId: 'waits', state: 'waiting' });
    const before = await store.historyBlocks(lobby);
    await store.write([{ type: 'message', message: waiting }]);
    assert.deepEqual(await store.historyBlocks(lobby), before, 'what waits is in no block');
    await store.write([{ type: 'message', message: message({ seq: 2_000 }) }]);
    const [first, second, ...more] = await store.historyBlocks(lobby);
    assert.deepEqual([first, second?.block, more], [before[0], 1, []]);
    assert.deepEqual(await (await under.reopen()).historyBlocks(lobby), [first, second]);
  });

  const reacted = (seq: number, by: string, emoji: string, isOn = true): ClientChange => ({
    type: 'amended',
    conversation: lobby,
    target: { seq: 3, id: noTargetId },
    amendment: {
      content: { kind: 'react', target: { seq: 3, id: noTargetId }, emoji, isOn },
      by: by as Username,
      at: seq,
      seq,
      asAdmin: false,
    },
  });
  const edited = (seq: number, by: string, text: string, id = noTargetId): ClientChange => ({
    type: 'amended',
    conversation: lobby,
    target: { seq: 3, id },
    amendment: {
      content: { kind: 'edit', target: { seq: 3, id }, text, mentions: [] },
      by: by as Username,
      at: seq,
      seq,
      asAdmin: false,
    },
  });
  const deleted = (seq: number, by: string, asAdmin = false): ClientChange => ({
    type: 'amended',
    conversation: lobby,
    target: { seq: 3, id: noTargetId },
    amendment: {
      content: { kind: 'delete', target: { seq: 3, id: noTargetId } },
      by: by as Username,
      at: seq,
      seq,
      asAdmin,
    },
  });
  const pinned = (
    seq: number,
    of: number,
    isOn = true,
    { at = lobby, id = noTargetId }: { at?: ConversationName; id?: string } = {},
  ): ClientChange => ({
    type: 'amended',
    conversation: at,
    target: { seq: of, id },
    amendment: {
      content: { kind: 'pin', target: { seq: of, id }, isOn },
      by: 'bob' as Username,
      at: seq,
      seq,
      asAdmin: true,
    },
  });
  const three = {
    type: 'message',
    message: message({ seq: 3, content: textContent('first') }),
  } as const;
  const now = async (store: ClientStore) => {
    const record = await store.numbered(lobby, 3);
    assert.ok(record);
    const { content, edits, deletion, reactions } = currentOf(record);
    return { text: textOf(content), edits: edits.length, by: deletion?.by, reactions };
  };

  example('what is pinned is found in the order of the log, whenever it came', async (under) => {
    const said = (seq: number): ClientChange => ({
      type: 'message',
      message: message({ seq, content: textContent(`no. ${seq}`) }),
    });
    const found = async (store: ClientStore) => (await store.pinned(lobby)).map(({ seq }) => seq);
    await under.store.write([
      conversation(lobby, 1),
      ...[1, 2, 3, 4].map(said),
      pinned(12, 4),
      pinned(11, 2),
      pinned(10, 6),
      pinned(13, 3),
      // A later word, which came before.
      pinned(15, 1, false),
      pinned(14, 1),
      pinned(16, 2, true, { id: 'ab'.repeat(16) }),
      pinned(17, 1, true, { at: withBob }),
    ]);
    assert.deepEqual(await found(under.store), [2, 3, 4], 'what is not here is not found');
    await under.store.write([said(6), pinned(18, 2, false)]);
    assert.deepEqual(await found(under.store), [3, 4, 6]);
    const store = await under.reopen();
    assert.deepEqual(await found(store), [3, 4, 6]);
    assert.equal(currentOf((await store.pinned(lobby))[0] as HistoryRecord).pin?.by, 'bob');
    const [filed] = await store.historyBlock({ conversation: lobby, epoch: 1, block: 0 });
    assert.equal(filed?.amended?.pin?.isOn, false, 'other devices hear of it');
    // With the message its pin goes.
    await store.write([deleted(19, 'carol', true)]);
    assert.deepEqual(await found(store), [4, 6]);
    await store.write([pinned(20, 3)]);
    assert.deepEqual(await found(store), [4, 6]);
    const many = Array.from({ length: maxPins + 3 }, (_, at) => 101 + at);
    await store.write(many.flatMap((seq) => [said(seq), pinned(1_000 + seq, seq)]));
    assert.deepEqual(await found(store), many.slice(3), 'of too many the last ones');
  });

  example('a pinned message that disappears is pinned no more', async (under) => {
    const { store } = under;
    await store.write([
      conversation(withBob, 1),
      { type: 'message', message: passing({ seq: 1, textId: aa, ends: 2_000 }, 'vanishing') },
      pinned(9, 1, true, { at: withBob, id: aa }),
    ]);
    assert.equal((await store.pinned(withBob)).length, 1);
    await store.write([{ type: 'expired', until: 2_000 }]);
    assert.deepEqual(await (await under.reopen()).pinned(withBob), []);
  });

  for (const order of ['before', 'after'] as const) {
    const writeAll = async (store: ClientStore, changes: readonly ClientChange[]) => {
      await store.write([conversation(lobby, 1), ...(order === 'after' ? [three] : [])]);
      for (const change of changes) await store.write([change]);
      if (order === 'before') await store.write([three]);
    };

    example(
      `edits and reactions that come ${order} the message hold in the order of the log`,
      async (under) => {
        await writeAll(under.store, [
          edited(9, 'bob', 'third'),
          edited(8, 'bob', 'second'),
          edited(10, 'eve', 'not hers'),
          edited(11, 'bob', 'of another message', 'ab'.repeat(16)),
          reacted(12, 'eve', '+'),
          reacted(14, 'eve', '+', false),
          reacted(13, 'eve', '+'),
          reacted(15, 'bob', '-'),
          reacted(16, 'carol', '-'),
        ]);
        const expected = {
          text: 'third',
          edits: 2,
          by: undefined,
          reactions: [{ emoji: '-', by: ['bob', 'carol'] }],
        };
        assert.deepEqual(await now(under.store), expected);
        const store = await under.reopen();
        assert.deepEqual(await now(store), expected);
        const [record] = await store.historyRange(lobby, { kind: 'last' }, 5);
        assert.deepEqual(record?.amended, (await store.numbered(lobby, 3))?.amended);
        const [filed] = await store.historyBlock({ conversation: lobby, epoch: 1, block: 0 });
        assert.deepEqual(filed?.amended, record?.amended);
      },
    );

    example(`of a message that is deleted, ${order} it comes, nothing is left`, async (under) => {
      await writeAll(under.store, [
        edited(8, 'bob', 'second'),
        deleted(9, 'eve'),
        deleted(10, 'carol', true),
        edited(12, 'bob', 'third'),
        deleted(11, 'bob'),
        reacted(13, 'bob', '-'),
      ]);
      const store = await under.reopen();
      assert.deepEqual(await now(store), { text: '', edits: 0, by: 'carol', reactions: [] });
      const record = await store.numbered(lobby, 3);
      assert.equal(textOf(record?.content ?? textContent('?')), '');
      assert.deepEqual([record?.amended?.edits, record?.amended?.reactions], [[], []]);
      await store.write([edited(14, 'bob', 'again'), reacted(15, 'bob', '+')]);
      const later = (await store.numbered(lobby, 3))?.amended;
      assert.deepEqual([later?.edits, later?.reactions], [[], []]);
    });
  }

  searchExample('a search finds the text of now, and of no other time', async ({ store }) => {
    await store.write([conversation(lobby, 1), three, edited(8, 'bob', 'second')]);
    const words = async (word: string) => (await searchIn(store, { words: [word] }, 5)).length;
    assert.deepEqual([await words('first'), await words('second')], [0, 1]);
    await store.write([edited(9, 'bob', 'third')]);
    assert.deepEqual([await words('second'), await words('third')], [0, 1]);
    await store.write([deleted(10, 'bob')]);
    assert.deepEqual([await words('first'), await words('third')], [0, 0]);
  });

  example(
    'a block has another stamp once something was said of a message in it',
    async ({ store }) => {
      await store.write([conversation(lobby, 1), three]);
      const stamps = new Set<string | undefined>();
      for (const change of [
        reacted(8, 'bob', '+'),
        reacted(9, 'bob', '+', false),
        deleted(10, 'bob'),
      ]) {
        stamps.add((await store.historyBlocks(lobby))[0]?.stamp);
        await store.write([change]);
      }
      stamps.add((await store.historyBlocks(lobby))[0]?.stamp);
      assert.equal(stamps.size, 4);
    },
  );

  example('what another device knows of a message is known here as well', async ({ store }) => {
    const other = new MemoryClientStore();
    await other.write([
      conversation(lobby, 1),
      three,
      edited(8, 'bob', 'second'),
      reacted(9, 'eve', '+'),
    ]);
    await store.write([conversation(lobby, 1), three, reacted(10, 'eve', '+', false)]);
    const messages = await other.historyBlock({ conversation: lobby, epoch: 1, block: 0 });
    await store.write([{ type: 'imported', messages }]);
    assert.deepEqual(await now(store), { text: 'second', edits: 1, by: undefined, reactions: [] });
    await other.write([deleted(11, 'bob')]);
    const later = await other.historyBlock({ conversation: lobby, epoch: 1, block: 0 });
    await store.write([{ type: 'imported', messages: later }]);
    assert.deepEqual(await now(store), { text: '', edits: 0, by: 'bob', reactions: [] });
  });

  example('what another device has had changes nothing that can be read here', async (under) => {
    let { store } = under;
    const own = { localId: 'own', from: 'alice' as Username, state: 'stored' } as const;
    const text = (text: string) => ({ content: textContent(text) });
    await store.write([
      conversation(lobby, 1),
      { type: 'message', message: message({ seq: 5, ...text('five') }) },
      { type: 'message', message: message({ seq: 6, ...text(''), unreadable: 'why' }) },
      {
        type: 'message',
        message: message({ seq: 7, ...own, state: 'delivered', ...text('seven') }),
      },
      { type: 'message', message: message({ seq: 8, textId: 'known', ...text('eight') }) },
    ]);
    const filed = (place: number, part: Partial<HistoryRecord>) => ({
      ...message({ seq: place, ...part }),
      epoch: 1,
      place,
    });
    const imported: ClientChange = {
      type: 'imported',
      messages: [
        { ...filed(2, text('earlier log')), epoch: -3 },
        filed(3, text('three')),
        filed(3, { seq: undefined, ...own, localId: 'refused', state: 'refused', ...text('no') }),
        filed(4, { ...text(''), unreadable: 'why' }),
        filed(5, { from: 'eve' as Username, ...text('another five') }),
        filed(6, text('six')),
        filed(7, { ...own, ...text('seven') }),
        filed(8, { ...text(''), unreadable: 'why' }),
        filed(9, { textId: 'known', ...text('eight') }),
        filed(10, { textId: 'own', from: 'alice' as Username, ...text('seven') }),
      ],
    };
    for (let times = 0; times < 3; times++) {
      await store.write([imported]);
      store = await under.reopen();
      const all = await store.historyRange(lobby, { kind: 'first' }, 99);
      assert.deepEqual(
        all.map(({ seq, epoch, content, unreadable, state }) => [
          seq ?? epoch,
          unreadable ?? textOf(content),
          state,
        ]),
        [
          [-3, 'earlier log', undefined],
          [3, 'three', undefined],
          [undefined, 'no', 'refused'],
          [4, 'why', undefined],
          [5, 'five', undefined],
          [undefined, 'another five', undefined],
          [6, 'six', undefined],
          [7, 'seven', 'delivered'],
          [8, 'eight', undefined],
        ],
      );
    }
  });

  searchExample('what another device has had is found behind what is newer', async (under) => {
    const { store, reopen } = under;
    const said = (seq: number) => message({ seq, content: textContent(`tea ${seq}`) });
    const filed = (seq: number) => ({ ...said(seq), epoch: 1, place: seq });
    await store.write([conversation(lobby, 1), { type: 'message', message: said(9) }]);
    await store.write([{ type: 'imported', messages: [filed(6), filed(7)] }]);
    await store.write([{ type: 'imported', messages: [filed(3), filed(4)] }]);
    await store.write([{ type: 'message', message: said(10) }]);
    const found = await searchIn(await reopen(), { words: ['tea'] }, 9);
    assert.deepEqual(
      found.map(({ seq }) => seq),
      [10, 9, 7, 6, 4, 3],
    );
  });

  example('whether it can search stays as it is', async ({ store, reopen }) => {
    const can = typeof store.search;
    assert.equal(typeof (await reopen()).search, can);
  });

  searchExample(
    'messages are found by the beginnings of their words, newest first',
    async (under) => {
      const { store } = under;
      const texts = [
        'water the garden',
        'a Gardener waits',
        'the warden',
        'file_name ünder 日本語',
      ];
      await store.write([
        conversation(lobby, 1),
        ...texts.map((text, index) => ({
          type: 'message' as const,
          message: message({ seq: index + 1, content: textContent(text) }),
        })),
      ]);
      const found = async (from: ClientStore, ...words: string[]) =>
        (await searchIn(from, { words }, 10)).map(({ seq }) => seq);
      assert.deepEqual(await found(store, 'GARD'), [2, 1]);
      assert.deepEqual(await found(store, 'wa', 'gard'), [2, 1]);
      assert.deepEqual(await found(store, 'arden'), []);
      assert.deepEqual(await found(store, 'nam'), [4]);
      assert.deepEqual(await found(store, 'Ünd', '日本'), [4]);
      assert.deepEqual(await found(store), []);
      assert.equal((await searchIn(store, { words: ['w'] }, 1)).length, 1);
      // The replaced text is not found any more, and the new one once.
      const own = message({ localId: 'own', content: textContent('gardening'), state: 'waiting' });
      await store.write([{ type: 'message', message: own }]);
      await store.write([
        { type: 'message', message: { ...own, content: textContent('gone'), state: 'refused' } },
      ]);
      assert.deepEqual(await found(store, 'gard'), [2, 1]);
      const again = await under.reopen();
      assert.deepEqual(await found(again, 'gard'), [2, 1]);
      assert.deepEqual(await found(again, 'gone'), [undefined]);
    },
  );

  searchExample(
    'messages are found of one conversation, and of one person',
    async ({ store, reopen }) => {
      const put = (conversation: ConversationName, seq: number, from: string, text: string) => ({
        type: 'message' as const,
        message: message({ conversation, seq, from: from as Username, content: textContent(text) }),
      });
      await store.write([
        conversation(lobby, 1),
        conversation(withBob, 2),
        put(lobby, 1, 'Bob', 'water the garden'),
        put(lobby, 2, 'eve', 'water the roses'),
        put(withBob, 1, 'Bob', 'water, for you'),
        {
          type: 'message',
          message: message({ seq: 3, from: undefined, content: textContent('water is here') }),
        },
      ]);
      for (const open of [async () => store, reopen]) {
        const one = await open();
        const found = async (query: HistoryQuery) =>
          (await searchIn(one, query, 10)).map(({ content }) => textOf(content));
        const words = ['wat'];
        assert.deepEqual(await found({ words, conversation: lobby }), [
          'water is here',
          'water the roses',
          'water the garden',
        ]);
        assert.deepEqual(await found({ words, from: 'bob' }), [
          'water, for you',
          'water the garden',
        ]);
        assert.deepEqual(await found({ words, from: 'BOB', conversation: lobby }), [
          'water the garden',
        ]);
        assert.deepEqual(await found({ words: [], from: 'eve' }), ['water the roses']);
        assert.deepEqual(await found({ words: [], conversation: withBob }), ['water, for you']);
        // A searched word is not a name, nor the other way round.
        assert.deepEqual(await found({ words: ['bob'] }), []);
        assert.deepEqual(await found({ words, from: 'wat' }), []);
      }
    },
  );

  searchExample(
    'words are found inside runs without spaces, without accents, and symbols as they are written',
    async ({ store, reopen }) => {
      const texts = ['日本語の長い文章です', 'un café', 'C++ <<< HEAD', 'look: 🦖🦖', 'plain'];
      await store.write([
        conversation(lobby, texts.length),
        ...texts.map((text, index) => ({
          type: 'message' as const,
          message: message({ seq: index + 1, content: textContent(text) }),
        })),
      ]);
      for (const open of [async () => store, reopen]) {
        const one = await open();
        const found = async (...words: readonly string[]) =>
          (await searchIn(one, { words }, 10)).map(({ content }) => textOf(content));
        for (const [words, text] of [
          [['文章'], texts[0]],
          [['す'], texts[0]],
          [['CAFE'], texts[1]],
          [['caf\u00E9'], texts[1]],
          [['<<<', 'c++'], texts[2]],
          [['🦖'], texts[3]],
          [[':'], texts[3]],
        ] as const) {
          assert.deepEqual(await found(...words), [text], words.join(' '));
        }
        assert.deepEqual(await found('文長'), []);
        assert.deepEqual(await found('"'), []);
        assert.deepEqual(await found('OR', 'plain'), []);
      }
    },
  );

  example('the history is read on from any message, in both directions', async (under) => {
    const all = [1, 2, 3, 5, 6].map((seq) =>
      message({ seq, at: seq * 10, content: textContent(`of ${seq}`) }),
    );
    const note = message({ content: textContent('without a number') });
    await under.store.write([
      conversation(lobby, 1),
      { type: 'message', message: message({ seq: 9, content: textContent('of another log') }) },
      conversation(lobby, 2),
      ...[...all.slice(0, 3), note, ...all.slice(3)].map((message): ClientChange => ({
        type: 'message',
        message,
      })),
      {
        type: 'message',
        message: message({ localId: 'a', state: 'waiting', content: textContent('waits') }),
      },
    ]);
    const store = await under.reopen();
    const texts = (records: readonly HistoryRecord[]) =>
      records.map(({ content }) => textOf(content));
    const whole = await store.historyRange(lobby, { kind: 'last' }, 99);
    const order = [
      'of another log',
      'of 1',
      'of 2',
      'of 3',
      'without a number',
      'of 5',
      'of 6',
      'waits',
    ];
    assert.deepEqual(texts(whole), order);
    assert.deepEqual(texts(await store.historyRange(lobby, { kind: 'last' }, 2)), [
      'of 6',
      'waits',
    ]);
    assert.deepEqual(
      texts(await store.historyRange(lobby, { kind: 'first' }, 2)),
      order.slice(0, 2),
    );
    for (const [index, message] of whole.entries()) {
      const read = async (kind: 'before' | 'from' | 'after', limit: number) =>
        texts(await store.historyRange(lobby, { kind, message }, limit));
      assert.deepEqual(await read('before', 2), order.slice(Math.max(0, index - 2), index));
      assert.deepEqual(await read('from', 3), order.slice(index, index + 3));
      assert.deepEqual(await read('after', 99), order.slice(index + 1));
    }
    const anchor = async (kind: 'before' | 'from' | 'after', seq: number) =>
      texts(await store.historyRange(lobby, { kind, message: { rowId: undefined, seq } }, 2));
    assert.deepEqual(await anchor('before', 3), ['of 1', 'of 2']);
    assert.deepEqual(await anchor('after', 3), ['without a number', 'of 5']);
    assert.deepEqual(await anchor('after', 4), ['of 5', 'of 6'], 'where it would stand');
    assert.deepEqual(await anchor('from', 4), ['of 5', 'of 6']);
    const since = async (at: number) =>
      texts(await store.historyRange(lobby, { kind: 'since', at }, 2));
    assert.deepEqual(await since(0), ['of another log', 'of 1'], 'of whichever log');
    assert.deepEqual(await since(5), ['of 1', 'of 2']);
    assert.deepEqual(await since(21), ['of 3', 'without a number']);
    assert.deepEqual(await since(50), ['of 5', 'of 6']);
    const gone = { kind: 'before', message: { rowId: 999, seq: undefined } } as const;
    assert.deepEqual(await store.historyRange(lobby, gone, 9), []);
    // It has another position now, and is still known by its row id.
    const rowId = whole.at(-1)?.rowId;
    await store.write([
      {
        type: 'message',
        message: message({
          localId: 'a',
          state: 'stored',
          seq: 7,
          content: textContent('was stored'),
        }),
      },
      { type: 'message', message: message({ seq: 8, content: textContent('of 8') }) },
    ]);
    const moved = { kind: 'from', message: { rowId, seq: undefined } } as const;
    assert.deepEqual(texts(await store.historyRange(lobby, moved, 9)), ['was stored', 'of 8']);
  });

  example('an empty one', async ({ store }) => {
    assert.deepEqual(await store.load(), {
      conversations: [],
      outbox: [],
      stream: undefined,
      runs: [],
      sessions: [],
      packages: [],
      groupParts: [],
      values: [],
    });
    assert.deepEqual(await store.history(lobby, undefined, 10), []);
  });

  example('what this version does not know is kept as it came', async ({ store, reopen }) => {
    const content = { kind: 'unknown', code: 4, bytes: Uint8Array.of(0, 255, 104, 105) } as const;
    const said = message({ seq: 1, content, textId: 'aa' });
    const waiting = { localId: 'bb', order: 1, place: '@bob', number: undefined };
    await store.write([
      { type: 'message', message: said },
      { type: 'outbox', entry: { ...waiting, content, sealed: undefined } },
    ]);
    const again = await reopen();
    const [found] = await again.history(said.conversation, undefined, 9);
    assert.deepEqual(found?.content, content);
    assert.deepEqual((await again.load()).outbox[0]?.content, content);
  });

  searchExample('no word leads to what this version does not know', async ({ store }) => {
    const content = { kind: 'unknown', code: 4, bytes: Uint8Array.of(104, 105) } as const;
    await store.write([{ type: 'message', message: message({ seq: 1, content }) }]);
    assert.deepEqual(await searchIn(store, { words: ['hi'] }, 9), []);
    assert.deepEqual(await searchIn(store, { words: ['something'] }, 9), []);
    assert.equal((await searchIn(store, { words: [], from: 'bob' }, 9)).length, 1);
  });

  example('what was written is there after opening it again', async ({ store, reopen }) => {
    const entry = (localId: string, order: number, more: Partial<OutboxRecord> = {}) => ({
      localId,
      order,
      place: 'lobby',
      content: textContent(`text of ${localId}\0\u{1f600} "quoted"`),
      number: undefined,
      sealed: undefined,
      ...more,
    });
    const sealed = { message: 'm', welcome: undefined, device: 'd' };
    const session = {
      groupId: 'aa',
      peer: 'bob' as Username,
      order: undefined,
      madeAt: 5,
      ownTexts: 2,
      bytes: new Uint8Array([1, 2, 3]),
    };
    const later = { ...session, groupId: 'bb', order: 7 };
    const inGroup = { name: tea, log: 4, epoch: 0, earlier: [], cursor: 1, read: 1, isIn: true };
    const saidTo = message({
      conversation: withBob,
      localId: 'a',
      sealedFor: 'd',
      encrypted: true,
    });
    const keyPackage = { reference: 'r', lastResort: true, madeAt: 9, bytes: new Uint8Array(4) };
    const bytes = session.bytes;
    await store.write([
      conversation(lobby, 3, 12),
      { type: 'stream', stream: 's', lastNumber: 1 },
      { type: 'stream', stream: 's', lastNumber: 2 },
      { type: 'outbox', entry: entry('two', 2) },
      { type: 'outbox', entry: entry('one', 1) },
      { type: 'outbox', entry: entry('three', 3) },
      { type: 'outbox', entry: entry('one', 1, { number: 4, sealed, onlyFor: 'd' }) },
      { type: 'outbox-removed', localId: 'three' },
      { type: 'conversation', conversation: inGroup },
      { type: 'conversation', conversation: { ...inGroup, name: jam, isIn: false } },
      { type: 'message', message: saidTo },
      { type: 'runs', runs: [5] },
      { type: 'runs', runs: [2 ** 43, 5] },
      { type: 'session', session },
      { type: 'session', session: later },
      { type: 'session', session: { ...session, groupId: 'cc' } },
      { type: 'session-removed', groupId: 'cc' },
      { type: 'package', package: keyPackage },
      { type: 'package', package: { ...keyPackage, reference: 'gone' } },
      { type: 'package-removed', reference: 'gone' },
      { type: 'group-part', part: { conversation: tea, part: 'core', bytes } },
      { type: 'group-part', part: { conversation: tea, part: 'leaf 1', bytes: new Uint8Array(2) } },
      { type: 'group-part', part: { conversation: tea, part: 'leaf 1', bytes } },
      { type: 'group-part', part: { conversation: tea, part: 'leaf 2', bytes } },
      { type: 'group-part-removed', conversation: tea, part: 'leaf 2' },
      { type: 'group-part', part: { conversation: jam, part: 'core', bytes } },
      { type: 'group-removed', conversation: jam },
      { type: 'kept-value', name: 'two', value: 'gone' },
      { type: 'kept-value', name: 'two', value: undefined },
      { type: 'kept-value', name: 'one', value: 'before' },
      { type: 'kept-value', name: 'one', value: 'kept' },
    ]);
    bytes.fill(0);
    const expected = {
      conversations: [
        { ...inGroup, name: jam, isIn: false },
        inGroup,
        { name: lobby, log: 3, epoch: 3, earlier: [], cursor: 12, read: 0 },
      ],
      outbox: [entry('one', 1, { number: 4, sealed, onlyFor: 'd' }), entry('two', 2)],
      stream: { stream: 's', lastNumber: 2 },
      runs: [2 ** 43, 5],
      sessions: [
        { ...session, bytes: new Uint8Array([1, 2, 3]) },
        { ...later, bytes: new Uint8Array([1, 2, 3]) },
      ],
      packages: [keyPackage],
      groupParts: ['core', 'leaf 1'].map((part) => ({
        conversation: tea,
        part,
        bytes: new Uint8Array([1, 2, 3]),
      })),
      values: [{ name: 'one', value: 'kept' }],
    };
    assert.deepEqual(await store.load(), expected);
    assert.deepEqual(await (await reopen()).load(), expected);
  });

  example('the history is given in pages from its end, as it was put there', async (under) => {
    const all = [1, 2, 3, 5, 6].map((seq) =>
      message({ seq, content: textContent(`${seq}\0end`), key: 'pinned' }),
    );
    const changes = all.map((message): ClientChange => ({ type: 'message', message }));
    await under.store.write([conversation(lobby, 1), ...changes.reverse()]);
    const store = await under.reopen();
    assert.deepEqual(await store.history(lobby, undefined, 2), all.slice(3));
    assert.deepEqual(await store.history(lobby, 5, 2), all.slice(1, 3));
    assert.deepEqual(await store.history(lobby, 2, 10), all.slice(0, 1));
    assert.deepEqual(await store.history(lobby, 1, 10), []);
    assert.deepEqual(await store.history(withBob, undefined, 10), []);
  });

  example('an own message stands at the end until it has its number', async ({ store }) => {
    const put = (part: Partial<HistoryRecord>): ClientChange => ({
      type: 'message',
      message: message(part),
    });
    const shown = async () =>
      (await store.history(lobby, undefined, 99)).map(({ content, seq, state }) =>
        [textOf(content), seq ?? '-', state ?? ''].join(' '),
      );
    await store.write([
      // Written before anything was known of the place.
      put({ localId: 'a', content: textContent('first'), state: 'waiting' }),
      conversation(lobby, 1),
      put({ localId: 'b', content: textContent('second'), state: 'waiting' }),
      put({ localId: 'c', content: textContent('third'), state: 'waiting' }),
      put({ seq: 1, content: textContent('theirs') }),
    ]);
    assert.deepEqual(await shown(), [
      'theirs 1 ',
      'first - waiting',
      'second - waiting',
      'third - waiting',
    ]);
    assert.deepEqual((await store.history(lobby, 2, 9)).length, 1, 'not before a number');
    await store.write([
      put({ localId: 'a', content: textContent('first'), state: 'refused', reason: 'why' }),
      put({ seq: 3, content: textContent('theirs again') }),
      put({ localId: 'b', seq: 2, content: textContent('second'), state: 'stored' }),
      put({ content: textContent('said where nothing is kept') }),
    ]);
    assert.deepEqual(await shown(), [
      'theirs 1 ',
      'first - refused',
      'second 2 stored',
      'theirs again 3 ',
      'said where nothing is kept - ',
      'third - waiting',
    ]);
    // Received once more, from the log.
    await store.write([put({ seq: 2, content: textContent('second') })]);
    assert.equal((await shown())[2], 'second 2 stored');
    assert.equal((await shown()).length, 6);
  });

  example('a log that was put back twice at the same number has an empty part', async (under) => {
    const { store } = under;
    const own = message({ localId: 'own', from: 'alice' as Username, state: 'stored', seq: 5 });
    const earlier = [
      { log: 2, last: 4 },
      { log: 1, last: 4 },
    ];
    const conversation = { name: lobby, log: 3, epoch: 3, earlier, cursor: 5, read: 0 };
    await store.write([
      { type: 'conversation', conversation },
      { type: 'message', message: own },
      { type: 'delivered', conversation: lobby, seq: 5 },
    ]);
    assert.deepEqual(
      (await store.history(lobby, undefined, 9)).map(({ state }) => state),
      ['delivered'],
    );
    assert.deepEqual(await store.ownBehind(lobby, 0, 9), []);
  });

  example('what was delivered, and what may be asked for again', async ({ store }) => {
    const own = (seq: number, part: Partial<HistoryRecord> = {}): ClientChange => ({
      type: 'message',
      message: message({
        conversation: withBob,
        localId: `own ${seq}`,
        seq,
        encrypted: true,
        state: 'stored',
        ...part,
      }),
    });
    await store.write([
      conversation(withBob, 4),
      own(1),
      own(2, { state: 'refused' }),
      own(3, { encrypted: false }),
      own(4),
      { type: 'message', message: message({ conversation: withBob, seq: 5, encrypted: true }) },
      own(6, { localId: undefined }),
    ]);
    await store.write([{ type: 'delivered', conversation: withBob, seq: 3 }]);
    const states = async () =>
      (await store.history(withBob, undefined, 9)).map(({ state }) => state);
    const before = ['delivered', 'refused', 'delivered', 'stored', undefined];
    assert.deepEqual(await states(), [...before, 'stored']);
    const behind = await store.ownBehind(withBob, 0, 9);
    assert.deepEqual(
      behind.map(({ seq }) => seq),
      [4],
      'of this device',
    );
    const found = await store.ownMessages(withBob, [5, 4, 3, 1, 77]);
    assert.deepEqual(
      found.map(({ seq }) => seq),
      [1, 4],
      'own, encrypted, in order',
    );
    await store.write([{ type: 'delivered', conversation: withBob, seq: 6 }]);
    assert.deepEqual((await states()).slice(3), ['delivered', undefined, 'delivered']);
  });

  example(
    'numbers of an earlier log of that name are not taken for ones of this',
    async (under) => {
      const { store } = under;
      const put = (seq: number, text: string): ClientChange => ({
        type: 'message',
        message: message({
          seq,
          content: textContent(text),
          localId: text,
          encrypted: true,
          state: 'stored',
        }),
      });
      await store.write([conversation(lobby, 1), put(1, 'old one'), put(2, 'old two')]);
      await store.write([conversation(lobby, 2), put(1, 'new one')]);
      await store.write([{ type: 'delivered', conversation: lobby, seq: 2 }]);
      const all = await (await under.reopen()).history(lobby, undefined, 9);
      assert.deepEqual(
        all.map(({ content, seq, state }) => [textOf(content), seq, state]),
        [
          ['old one', undefined, 'stored'],
          ['old two', undefined, 'stored'],
          ['new one', 1, 'delivered'],
        ],
      );
    },
  );

  example('a message is never written over by another one of its number', async (under) => {
    const { store } = under;
    const eve = 'eve' as Username;
    const put = (part: Partial<HistoryRecord>): ClientChange => ({
      type: 'message',
      message: message(part),
    });
    const own = { localId: 'own', from: 'alice' as Username, state: 'stored' } as const;
    await store.write([
      conversation(lobby, 1),
      put({ seq: 1, at: 10, content: textContent('first') }),
      put({ seq: 2, at: 20, content: textContent(''), unreadable: 'why' }),
      put({ seq: 3, at: 30, content: textContent('own'), ...own }),
      // The same again, another one, and own ones that the server stores there.
      put({ seq: 1, at: 10, content: textContent('first') }),
      put({ seq: 1, at: 11, content: textContent('first, later') }),
      put({ seq: 1, at: 10, from: eve, content: textContent('of somebody else') }),
      put({
        seq: 1,
        at: 12,
        content: textContent('own, on a number that is taken'),
        ...own,
        localId: 'other',
      }),
      put({ seq: 2, at: 20, content: textContent('readable now') }),
      put({ seq: 3, at: 31, from: eve, content: textContent('of somebody else, behind') }),
    ]);
    const all = await (await under.reopen()).history(lobby, undefined, 99);
    assert.deepEqual(
      all.map(({ content, seq }) => [textOf(content), seq]),
      [
        ['first', 1],
        ['first, later', undefined],
        ['of somebody else', undefined],
        ['own, on a number that is taken', undefined],
        ['readable now', 2],
        ['own', 3],
        ['of somebody else, behind', undefined],
      ],
    );
  });

  example(
    'a mark of what could not be read is removed, and nothing that can be read',
    async (under) => {
      const { store } = under;
      const put = (seq: number, part: Partial<HistoryRecord>): ClientChange => ({
        type: 'message',
        message: message({ seq, at: seq, ...part }),
      });
      const own = { localId: 'own', from: 'alice' as Username, state: 'stored' } as const;
      await store.write([
        conversation(lobby, 1),
        put(1, { content: textContent('one') }),
        put(2, { content: textContent(''), unreadable: 'why' }),
        put(3, { content: textContent('own'), ...own }),
        put(4, { content: textContent(''), unreadable: 'why' }),
      ]);
      const removed = [1, 2, 3, 9].map((seq): ClientChange => ({
        type: 'mark-removed',
        conversation: lobby,
        seq,
      }));
      await store.write([...removed, put(5, { content: textContent('five') })]);
      const again = await under.reopen();
      const numbers = (await again.history(lobby, undefined, 99)).map(({ seq }) => seq);
      assert.deepEqual(numbers, [1, 3, 4, 5]);
      assert.equal(await again.numbered(lobby, 2), undefined);
      // Reading goes on from where it was.
      for (const [kind, from] of [
        ['before', [1]],
        ['after', [3, 4, 5]],
      ] as const) {
        const read = await again.historyRange(lobby, { kind, message: { seq: 2 } }, 9);
        assert.deepEqual(
          read.map(({ seq }) => seq),
          from,
        );
      }
    },
  );

  example('what a log has in common with the one before is there once', async (under) => {
    const { store } = under;
    const name = withBob;
    const record = { name, log: 7, epoch: 0, earlier: [], cursor: 5, read: 0 };
    const put = (seq: number, text: string, part: Partial<HistoryRecord> = {}): ClientChange => ({
      type: 'message',
      message: message({
        conversation: name,
        seq,
        content: textContent(text),
        at: seq * 10,
        ...part,
      }),
    });
    const own = { state: 'stored', encrypted: true } as const;
    await store.write([
      { type: 'conversation', conversation: record },
      put(1, 'one'),
      put(2, 'two', { localId: 'two', ...own }),
      put(4, 'four, lost', { localId: 'four', ...own }),
      put(5, 'five, lost'),
    ]);
    assert.deepEqual(
      (await store.ownBehind(name, 3, 9)).map(({ content, seq, epoch }) => [
        textOf(content),
        seq,
        epoch,
      ]),
      [['four, lost', 4, 0]],
    );
    const earlier = [{ log: 7, last: 3 }];
    const alike = [{ log: 7, last: 4, sure: 0 }];
    const begun = { ...record, log: 99, epoch: 1, earlier, alike, cursor: 3 };
    await store.write([
      { type: 'conversation', conversation: begun },
      put(0, 'a note', { seq: undefined, epoch: 0, from: undefined }),
      put(4, 'four, anew', { at: 60 }),
      // From the part that both have: fetched later.
      put(3, 'three'),
    ]);
    const again = await under.reopen();
    assert.deepEqual((await again.load()).conversations, [begun]);
    const shown = (records: readonly HistoryRecord[]) =>
      records.map(({ content, seq, epoch }) => [textOf(content), seq, epoch]);
    assert.deepEqual(shown(await again.ownBehind(name, 3, 9)), []);
    assert.deepEqual(shown(await again.ownBehind(name, 3, 9, 0)), [['four, lost', 4, 0]]);
    const whole = await again.history(name, undefined, 99);
    assert.deepEqual(shown(whole), [
      ['one', 1, undefined],
      ['two', 2, undefined],
      ['three', 3, undefined],
      ['four, lost', undefined, 0],
      ['five, lost', undefined, 0],
      ['a note', undefined, 0],
      ['four, anew', 4, undefined],
    ]);
    assert.deepEqual(await again.history(name, 4, 4), whole.slice(2, 6));
    assert.deepEqual(await again.history(name, 3, 9), whole.slice(0, 2));
    const anchor = (seq: number) => again.historyRange(name, { kind: 'from', message: { seq } }, 2);
    assert.deepEqual(shown(await anchor(3)), shown(whole.slice(2, 4)));
    assert.deepEqual(shown(await anchor(4)), shown(whole.slice(6)));
    const since = await again.historyRange(name, { kind: 'since', at: 45 }, 1);
    assert.deepEqual(shown(since), shown(whole.slice(4, 5)));
    assert.deepEqual((await again.numbered(name, 4))?.content, textContent('four, anew'));
    assert.deepEqual((await again.numbered(name, 4, 0))?.content, textContent('four, lost'));
    assert.deepEqual((await again.numbered(name, 2))?.content, textContent('two'));
    assert.deepEqual(shown(await again.ownMessages(name, [2, 4])), shown(whole.slice(1, 2)));
    await again.write([{ type: 'delivered', conversation: name, seq: 4 }]);
    assert.deepEqual(
      (await again.history(name, undefined, 99)).map(({ state }) => state),
      [undefined, 'delivered', undefined, 'stored', undefined, undefined, undefined],
    );
  });

  example('a text is known by the id that its writer gave it, also after a restart', async (at) => {
    const one = message({ conversation: withBob, seq: 1, encrypted: true, textId: 'aa' });
    await at.store.write([conversation(withBob, 1), { type: 'message', message: one }]);
    const again = await at.reopen();
    const has = (textId: string) => again.hasText(withBob, textId);
    assert.deepEqual([await has('aa'), await has('bb')], [true, false]);
    assert.equal(await again.hasText(lobby, 'aa'), false);
    assert.equal((await again.history(withBob, undefined, 1))[0]?.textId, 'aa');
  });

  const passing = (part: Partial<HistoryRecord>, text: string): HistoryRecord =>
    message({
      conversation: withBob,
      encrypted: true,
      content: { ...textContent(text), ttl: 3_600 },
      ...part,
    });
  const [aa, bb] = ['a'.repeat(32), 'b'.repeat(32)];

  example('what disappears is given by its end, which begins when it is read', async (under) => {
    await under.store.write([
      conversation(withBob, 1),
      { type: 'message', message: passing({ seq: 1, textId: aa, ends: 9_000_000 }, 'first') },
      { type: 'message', message: passing({ seq: 2, textId: bb, ends: 8_000_000 }, 'second') },
      { type: 'message', message: message({ conversation: withBob, seq: 3 }) },
    ]);
    const ends = async (store: ClientStore) =>
      (await store.expiring(Infinity)).map((one) => [textOf(one.content), one.ends, one.begun]);
    assert.deepEqual(await ends(under.store), [
      ['second', 8_000_000, undefined],
      ['first', 9_000_000, undefined],
    ]);
    const begin = (seq: number, age: number): ClientChange => ({
      type: 'expiry-begun',
      conversation: withBob,
      seq,
      age,
    });
    await under.store.write([begin(1, 1_000), begin(1, 9_999)]);
    await under.store.write([begin(3, 7_000_000)]);
    const store = await under.reopen();
    const after = [
      ['first', 3_601_000, true],
      ['second', 8_000_000, true],
    ];
    assert.deepEqual(await ends(store), after);
    assert.equal(await store.nextEnd(), 3_601_000);
    assert.deepEqual(await store.expiring(3_600_999), []);
    const [first] = await store.history(withBob, undefined, 9);
    assert.deepEqual([first?.ends, first?.content], [3_601_000, passing({}, 'first').content]);
  });

  example('of what has ended nothing stays, and it never comes back', async (under) => {
    const first = passing({ seq: 1, textId: aa, ends: 2_000 }, 'vanishing');
    const own = passing(
      { seq: 2, localId: bb, from: 'alice' as Username, state: 'stored', ends: 2_000, begun: true },
      'mine',
    );
    const edit = (id: string, seq: number): ClientChange => ({
      type: 'amended',
      conversation: withBob,
      target: { seq, id },
      amendment: {
        content: { kind: 'edit', target: { seq, id }, text: 'edited', mentions: [] },
        by: 'bob' as Username,
        at: 5,
        seq: 8,
        asAdmin: false,
      },
    });
    const kept = message({ conversation: withBob, seq: 3 });
    await under.store.write([
      conversation(withBob, 1),
      { type: 'message', message: first },
      edit(aa, 1),
      { type: 'message', message: own },
      { type: 'message', message: kept },
      { type: 'expired', until: 1_999 },
    ]);
    assert.equal((await under.store.history(withBob, undefined, 9)).length, 3);
    await under.store.write([{ type: 'expired', until: 2_000 }]);
    const store = await under.reopen();
    const isGone = async () => {
      assert.deepEqual(
        (await store.history(withBob, undefined, 9)).map(({ seq }) => seq),
        [3],
      );
      if (store.search !== undefined)
        for (const word of ['vanishing', 'edited', 'mine'])
          assert.deepEqual(await searchIn(store, { words: [word] }, 9), []);
      assert.equal(await store.nextEnd(), undefined);
    };
    await isGone();
    assert.deepEqual(
      [await store.hasText(withBob, aa), await store.hasText(lobby, aa)],
      [true, false],
    );
    const filed = { epoch: 1, place: 1, amended: undefined };
    await store.write([
      { type: 'message', message: first },
      { type: 'message', message: { ...first, seq: 9, ends: undefined } },
      { type: 'message', message: own },
      {
        type: 'imported',
        messages: [
          { ...first, ...filed },
          { ...own, ...filed, place: 2 },
        ],
      },
      edit(aa, 1),
      edit(bb, 2),
    ]);
    await isGone();
    // Another message may have its number.
    const other = passing({ seq: 1, textId: 'c'.repeat(32), at: 7 }, 'other');
    await store.write([{ type: 'message', message: other }]);
    const found = await store.numbered(withBob, 1);
    assert.deepEqual(
      [textOf(found?.content ?? textContent('')), found?.amended],
      ['other', undefined],
    );
  });

  example('closed, it takes nothing', async ({ store }) => {
    await store.close();
    await store.close();
    await assert.rejects(store.load());
    await assert.rejects(store.write([]));
  });
}

// Every store of a client against the one in memory: after any history of changes both give the same, and both find the
// same. client-store.ts has the examples.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { noTargetId, type Target } from '../../src/client/amending/target.ts';
import { textContent, textOf } from '../../src/client/content.ts';
import { MemoryClientStore } from '../../src/client/store/memory-store.ts';
import type {
  ClientChange,
  ClientStore,
  HistoryQuery,
  HistoryRecord,
} from '../../src/client/store/store-port.ts';
import { wordsIn } from '../../src/client/store/word-search.ts';
import type { ConversationName } from '../../src/wire/extended/names.ts';
import type { Username } from '../../src/wire/text.ts';
import { lobby, message, searchIn, withBob, type ClientStoreUnderTest } from './client-store.ts';

const few = fc.integer({ min: 1, max: 4 });
const name = fc.constantFrom(lobby, withBob);
const localId = fc.constantFrom('a', 'b', 'c');
const bytes = fc.uint8Array({ maxLength: 8 });
const targets = fc.record({
  seq: fc.integer({ min: 1, max: 9 }),
  id: fc.constantFrom(noTargetId, 'a'.repeat(32), 'b'.repeat(32)),
});
/** What may be said of a message: an edit, a deletion, a reaction, a pin. */
const said = fc.oneof(
  fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => (target: Target) => ({
    content: { kind: 'edit' as const, target, text, mentions: [] },
    asAdmin: false,
  })),
  fc.boolean().map((asAdmin) => (target: Target) => ({
    content: { kind: 'delete' as const, target },
    asAdmin,
  })),
  fc.tuple(fc.constantFrom('+', '-'), fc.boolean()).map(([emoji, isOn]) => (target: Target) => ({
    content: { kind: 'react' as const, target, emoji, isOn },
    asAdmin: false,
  })),
  fc.boolean().map((isOn) => (target: Target) => ({
    content: { kind: 'pin' as const, target, isOn },
    asAdmin: false,
  })),
);
const change: fc.Arbitrary<ClientChange> = fc.oneof(
  fc
    .tuple(name, few, few, few, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }))
    .map(([name, epoch, cursor, read, lasts]): ClientChange => {
      // Earlier logs are not longer.
      const earlier = lasts.sort((one, other) => other - one).map((last) => ({ log: last, last }));
      return {
        type: 'conversation',
        conversation: { name, log: epoch, epoch, earlier, cursor, read },
      };
    }),
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        name,
        fc.option(localId, { nil: undefined }),
        fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
        fc.string({ unit: 'binary' }),
        fc.boolean(),
        fc.constantFrom('waiting' as const, 'stored' as const, 'refused' as const, undefined),
        fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
        fc.record({ at: few, unreadable: fc.constantFrom('why', undefined) }),
      )
      .map(([conversation, localId, seq, text, encrypted, state, epoch, others]): ClientChange => ({
        type: 'message',
        message: message({
          conversation,
          localId,
          seq,
          content: textContent(text),
          encrypted,
          epoch,
          ...others,
          state: localId === undefined ? undefined : state,
        }),
      })),
  },
  fc
    .tuple(
      name,
      fc.integer({ min: -1, max: 4 }),
      fc.array(
        fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean(), fc.option(localId), fc.string()),
        { maxLength: 5 },
      ),
      fc.record({ at: few, unreadable: fc.constantFrom('why', undefined) }),
    )
    .map(([conversation, epoch, rows, others]): ClientChange => ({
      type: 'imported',
      messages: rows
        .sort(([one], [other]) => one - other)
        .map(([place, isNumbered, own, text]) => ({
          ...message({ conversation, content: textContent(text), ...others }),
          epoch,
          place,
          seq: isNumbered ? place : undefined,
          localId: own ?? undefined,
          state: own === null ? undefined : ('stored' as const),
        })),
    })),
  {
    weight: 4,
    arbitrary: fc
      .tuple(name, targets, few, fc.constantFrom('bob', 'carol', 'alice'), said)
      .map(([conversation, target, at, by, made]): ClientChange => ({
        type: 'amended',
        conversation,
        target,
        amendment: { ...made(target), by: by as Username, at, seq: at * 10 },
      })),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        name,
        fc.option(localId, { nil: undefined }),
        fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
        fc.string({ minLength: 1 }),
        fc.constantFrom('a'.repeat(32), 'b'.repeat(32), undefined),
        few,
        fc.boolean(),
      )
      .map(([conversation, localId, seq, text, textId, ends, isBegun]): ClientChange => ({
        type: 'message',
        message: message({
          conversation,
          localId,
          seq,
          content: { ...textContent(text), ttl: 3_600 },
          encrypted: true,
          ...(textId !== undefined && { textId }),
          state: localId === undefined ? undefined : 'stored',
          ends: ends * 2_000_000,
          ...(isBegun && { begun: true }),
        }),
      })),
  },
  fc
    .tuple(name, fc.integer({ min: 1, max: 9 }), few)
    .map(([conversation, seq, age]): ClientChange => ({
      type: 'expiry-begun',
      conversation,
      seq,
      age: age * 500_000,
    })),
  few.map((until): ClientChange => ({ type: 'expired', until: until * 2_000_000 })),
  fc
    .tuple(
      fc.constantFrom('delivered' as const, 'mark-removed' as const),
      name,
      fc.integer({ min: 1, max: 9 }),
    )
    .map(([type, conversation, seq]): ClientChange => ({ type, conversation, seq })),
  fc
    .tuple(localId, few, fc.string(), fc.option(few, { nil: undefined }))
    .map(([localId, order, text, number]): ClientChange => ({
      type: 'outbox',
      // Two entries with the same order have no order between them.
      entry: {
        localId,
        order: order * 10 + localId.charCodeAt(0),
        place: 'lobby',
        content: textContent(text),
        number,
        sealed: undefined,
      },
    })),
  localId.map((localId): ClientChange => ({ type: 'outbox-removed', localId })),
  few.map((lastNumber): ClientChange => ({ type: 'stream', stream: 's', lastNumber })),
  fc
    .tuple(localId, fc.option(few, { nil: undefined }), bytes)
    .map(([groupId, order, bytes]): ClientChange => ({
      type: 'session',
      session: { groupId, peer: 'bob' as Username, order, madeAt: 1, ownTexts: 0, bytes },
    })),
  localId.map((groupId): ClientChange => ({ type: 'session-removed', groupId })),
  fc.tuple(localId, fc.boolean(), bytes).map(([reference, lastResort, bytes]): ClientChange => ({
    type: 'package',
    package: { reference, lastResort, madeAt: 1, bytes },
  })),
  localId.map((reference): ClientChange => ({ type: 'package-removed', reference })),
  fc.tuple(name, localId, bytes).map(([conversation, part, bytes]): ClientChange => ({
    type: 'group-part',
    part: { conversation, part, bytes },
  })),
  fc.tuple(name, localId).map(([conversation, part]): ClientChange => ({
    type: 'group-part-removed',
    conversation,
    part,
  })),
  name.map((conversation): ClientChange => ({ type: 'group-removed', conversation })),
  fc
    .tuple(localId, fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined }))
    .map(([name, value]): ClientChange => ({ type: 'kept-value', name, value })),
);

/** The texts of a conversation, page by page from its end, and what follows each page. */
async function readThrough(store: ClientStore, name: ConversationName): Promise<unknown[]> {
  const read: unknown[] = [];
  let page = await store.historyRange(name, { kind: 'last' }, 3);
  for (let first = page[0]; first !== undefined; first = page[0]) {
    const behind = await store.historyRange(name, { kind: 'after', message: first }, 2);
    read.push(page.map(textIn), behind.map(textIn));
    page = await store.historyRange(name, { kind: 'before', message: first }, 3);
  }
  const numbered = { rowId: undefined, seq: 5 };
  for (const kind of ['before', 'from', 'after'] as const)
    read.push((await store.historyRange(name, { kind, message: numbered }, 3)).map(textIn));
  return read;
}

/** What is in the blocks of a conversation. */
async function blocksIn(store: ClientStore, name: ConversationName): Promise<unknown[]> {
  const blocks = await store.historyBlocks(name);
  return Promise.all(
    blocks.map(async ({ conversation, epoch, block, newest }) => [
      [epoch, block, newest],
      await store.historyBlock({ conversation, epoch, block }),
    ]),
  );
}

async function found(store: ClientStore, query: HistoryQuery): Promise<unknown[]> {
  return (await searchIn(store, query, 100)).map(textIn).sort();
}

function textIn({ content }: HistoryRecord): string {
  return textOf(content);
}

/** Gives empty stores, one for each history. */
export type FreshStores = (t: TestContext) => Promise<() => Promise<ClientStoreUnderTest>>;

export interface Runs {
  readonly histories: number;
  readonly searches: number;
}

/** Compares the adapter whose stores `prepare` gives with the store in memory. */
export function clientStoreRandomly(adapter: string, runs: Runs, prepare: FreshStores): void {
  test(`${adapter}: after any history it gives the same as the store in memory`, async (t) => {
    const fresh = await prepare(t);
    const writes = fc.array(fc.array(change, { size: 'max', maxLength: 8 }), {
      size: 'max',
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(writes, fc.nat(12), async (writes, reopenAt) => {
        const model = new MemoryClientStore();
        const under = await fresh();
        let { store } = under;
        const both = async <T>(ask: (store: ClientStore) => Promise<T>) =>
          assert.deepEqual(await ask(store), await ask(model));
        try {
          for (const [step, changes] of writes.entries()) {
            await both((store) => store.write(changes));
            if (step === reopenAt) {
              store = await under.reopen();
            }
            await both((store) => store.load());
            await both((store) => store.nextEnd());
            await both(async (store) => (await store.expiring(6_000_000)).map(textIn).sort());
            for (const name of [lobby, withBob]) {
              await both((store) => store.history(name, undefined, 100));
              await both((store) => store.history(name, 5, 3));
              await both((store) => store.ownMessages(name, [1, 2, 3, 4, 5, 6]));
              await both((store) => store.ownBehind(name, 2, 9));
              await both((store) => store.hasText(name, 'a'.repeat(32)));
              for (const epoch of [undefined, 1, 2]) {
                await both((store) => store.numbered(name, 3, epoch));
              }
              await both((store) => readThrough(store, name));
              await both(async (store) => (await store.pinned(name)).map(textIn));
              await both((store) => blocksIn(store, name));
              await both((store) => found(store, { words: [], conversation: name }));
            }
          }
        } finally {
          await store.close();
        }
      }),
      { numRuns: runs.histories },
    );
  });

  test(`${adapter}: it finds the same as the store in memory, whatever is said and looked for`, async (t) => {
    const letters = [
      ...Array.from('aAbé日本語のすกา<+.🦖❤"* '),
      'e\u0301',
      '\uFE0F',
      '\u200D',
      '\u0301',
      'ς',
      'Σ',
      'İ',
      'ß',
    ];
    const text = fc
      .array(fc.constantFrom(...letters), { minLength: 1, maxLength: 12 })
      .map((all) => all.join(''));
    const file = (await (await prepare(t))()).store;
    const memory = new MemoryClientStore();
    let seq = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 8 }), text, async (texts, query) => {
        const changes = texts.map((text): ClientChange => {
          seq += 1;
          return { type: 'message', message: message({ seq, content: textContent(text) }) };
        });
        const words = wordsIn(query);
        const [one, other] = await Promise.all(
          [file, memory].map(async (store) => {
            await store.write(changes);
            return (await searchIn(store, { words }, 50)).map(({ content }) => textOf(content));
          }),
        );
        assert.deepEqual(one, other, query);
      }),
      { numRuns: runs.searches },
    );
  });
}

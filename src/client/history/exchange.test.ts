// What one device exports and another imports: random histories, with logs that the server has put back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { lobby, message } from '../../../test/conformance/client-store.ts';
import { textContent, textOf } from '../content.ts';
import { MemoryClientStore } from '../store/memory-store.ts';
import type { ClientChange, ConversationRecord } from '../store/store-port.ts';
import { maxPieceBytes } from '../../e2ee/history/piece-sealer.ts';
import { HistoryExport } from './history-export.ts';
import { filedFrom, recordFrom } from './history-import.ts';
import { decodePiece, type HistoryPiece } from './piece.ts';

const alice = 'alice' as Username;

/** A message says which log of the server it was in, and its number there: nothing is twice, nothing in a false log. */
function said(log: number, seq: number): ClientChange {
  const content = textContent(`${log}/${seq}`);
  return { type: 'message', message: message({ seq, at: log * 100_000 + seq, content }) };
}

function record(part: Partial<ConversationRecord>): ConversationRecord {
  return { name: lobby, log: 1, epoch: 0, earlier: [], cursor: 0, read: 0, ...part };
}

async function deviceWith(changes: readonly ClientChange[]) {
  const store = new MemoryClientStore();
  await store.write(changes);
  const records = () => store.records.conversations;
  const exported = new HistoryExport({ me: alice, store, records });
  const pieces = async (): Promise<HistoryPiece[]> => {
    const found: HistoryPiece[] = [];
    for (const block of await exported.blocks()) {
      for (const piece of await exported.pieces(block)) {
        const read = decodePiece(piece);
        assert.ok(read);
        found.push(read);
      }
    }
    return found;
  };
  const take = async (piece: HistoryPiece): Promise<void> => {
    const known = records().find(({ name }) => name === piece.conversation);
    const conversation = known ?? recordFrom(piece);
    await store.write([
      { type: 'conversation', conversation },
      { type: 'imported', messages: filedFrom(piece, conversation) },
    ]);
  };
  const texts = async () =>
    (await store.historyRange(lobby, { kind: 'first' }, 100_000)).map(({ content }) =>
      textOf(content),
    );
  /** What is in the current log, by its numbers. */
  const numbered = async () =>
    (await store.history(lobby, undefined, 100_000)).flatMap(({ seq, content }) =>
      seq === undefined ? [] : [[seq, textOf(content)]],
    );
  return { store, exported, pieces, take, texts, numbered };
}

/** A server that is put back: each log has the messages of the one before up to a number. */
const logs = fc
  .array(fc.record({ common: fc.nat(1_500), length: fc.nat(1_500) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((all) => {
    let last = 0;
    return all.map(({ common, length }, index) => {
      const start = Math.min(common, last);
      last = start + length;
      return { log: index + 1, start: index === 0 ? 0 : start, last };
    });
  });

type Log = { readonly log: number; readonly start: number; readonly last: number };

/** What a device has that was there for the logs from `from` on, with every `step`th message. */
function heard(all: readonly Log[], from: number, step: number): ClientChange[] {
  const known = all.slice(from);
  const changes: ClientChange[] = [];
  for (const [index, { log, start, last }] of known.entries()) {
    const earlier = known
      .slice(0, index)
      .map((one, at) => ({ log: one.log, last: known[at + 1]?.start ?? 0 }))
      .toReversed();
    for (let at = 1; at < earlier.length; at++) {
      const [later, one] = [earlier[at - 1], earlier[at]];
      if (later && one) earlier[at] = { ...one, last: Math.min(one.last, later.last) };
    }
    const cut = earlier.findIndex((one) => one.last === 0);
    const conversation = record({
      log,
      epoch: index,
      earlier: cut < 0 ? earlier : earlier.slice(0, cut),
      cursor: last,
      read: last,
    });
    changes.push({ type: 'conversation', conversation });
    const first = index === 0 ? 1 : start + 1;
    for (let seq = first; seq <= last; seq += step) {
      const owner = all.findLast((one) => one.log <= log && (seq > one.start || one.log === 1));
      changes.push(said(owner?.log ?? log, seq));
    }
  }
  return changes;
}

test('a new device has all of the other one, once and in order, however often it gets it', async () => {
  await fc.assert(
    fc.asyncProperty(
      logs,
      fc.nat(3),
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.nat(), { minLength: 30, maxLength: 30 }),
      async (all, late, step, order) => {
        const from = Math.min(late, all.length - 1);
        const old = await deviceWith(heard(all, 0, 1));
        const young = await deviceWith(heard(all, from, step));
        const before = new Set(await young.texts());
        const pieces = await old.pieces();
        const shuffled = pieces
          .map((piece, index) => ({ piece, at: order[index % order.length] ?? 0 }))
          .sort((one, other) => one.at - other.at);
        for (const { piece } of shuffled) await young.take(piece);
        const after = await young.texts();
        const wanted = new Set([...(await old.texts()), ...before]);
        assert.equal(after.length, wanted.size);
        assert.deepEqual(new Set(after), wanted);
        for (const { piece } of shuffled.toReversed()) await young.take(piece);
        assert.deepEqual(await young.texts(), after);
        assert.deepEqual(await young.numbered(), await old.numbered());
      },
    ),
    { numRuns: 12 },
  );
});

test('a device without the conversation knows it from then on, as far as the other one is', async () => {
  const old = await deviceWith(heard([{ log: 1, start: 0, last: 2_500 }], 0, 1));
  const young = await deviceWith([]);
  for (const piece of await old.pieces()) await young.take(piece);
  assert.deepEqual(young.store.records.conversations, old.store.records.conversations);
  assert.deepEqual(await young.texts(), await old.texts());
});

test('a new message changes one block, and one that is fetched later none of the others', async () => {
  const device = await deviceWith(heard([{ log: 1, start: 0, last: 5_000 }], 0, 2));
  const stamps = async () => {
    const blocks = await device.exported.blocks();
    return new Map(blocks.map(({ name, stamp }) => [name, stamp]));
  };
  const before = await stamps();
  assert.deepEqual(
    [...before.keys()],
    ['0.4 lobby', '0.3 lobby', '0.2 lobby', '0.1 lobby', '0.0 lobby'],
  );
  await device.store.write([said(1, 5_002), said(1, 2)]);
  const after = await stamps();
  const changed = [...after].filter(([name, stamp]) => before.get(name) !== stamp);
  assert.deepEqual(
    changed.map(([name]) => name),
    ['0.4 lobby', '0.0 lobby'],
  );
});

test('the newest blocks of all conversations come first, and nothing between the own devices', async () => {
  const group = '#tea' as ConversationName;
  const own = '@alice' as ConversationName;
  const put = (conversation: ConversationName, seq: number, at: number): ClientChange => ({
    type: 'message',
    message: message({ conversation, seq, at }),
  });
  const device = await deviceWith([
    ...[lobby, group, own].map((name) => ({
      type: 'conversation' as const,
      conversation: record({ name }),
    })),
    put(lobby, 1, 10),
    put(lobby, 3_000, 30),
    put(group, 1, 20),
    put(own, 1, 40),
  ]);
  const blocks = await device.exported.blocks();
  assert.deepEqual(
    blocks.map(({ name }) => name),
    ['0.2 lobby', '0.0 #tea', '0.0 lobby'],
  );
});

test('a block that is too long for one piece comes in several, and all of it arrives', async () => {
  const long = 'x'.repeat(60_000);
  const changes = Array.from({ length: 200 }, (_, index): ClientChange => ({
    type: 'message',
    message: message({ seq: index + 1, content: textContent(`${index} ${long}`) }),
  }));
  const conversation: ClientChange = { type: 'conversation', conversation: record({}) };
  const old = await deviceWith([conversation, ...changes]);
  const [block] = await old.exported.blocks();
  assert.ok(block);
  const encoded = await old.exported.pieces(block);
  assert.ok(encoded.length > 1);
  assert.ok(encoded.every(({ length }) => length <= maxPieceBytes));
  const young = await deviceWith([]);
  for (const piece of await old.pieces()) await young.take(piece);
  assert.deepEqual(await young.texts(), await old.texts());
});

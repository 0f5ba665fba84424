import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import type { MessageContent } from '../content.ts';
import { decodePiece, encodePiece, type HistoryPiece, type PieceRow } from './piece.ts';

const natural = fc.nat();
/** Records with the prototype of all others. */
const plain = <T>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.record<T>(fields, { noNullPrototype: true });
const number = fc.integer({ min: 1 });
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined });
const content: fc.Arbitrary<MessageContent> = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => ({ kind: 'text' as const, text })),
  fc
    .tuple(fc.integer({ min: 200, max: 255 }), fc.uint8Array())
    .map(([code, bytes]) => ({ kind: 'unknown' as const, code, bytes })),
);
const row: fc.Arbitrary<PieceRow> = fc
  .record({
    place: natural,
    seq: maybe(number),
    localId: maybe(fc.string()),
    at: natural,
    from: maybe(fc.constantFrom('alice', 'bob')),
    guest: fc.boolean(),
    content,
    encrypted: fc.boolean(),
    key: maybe(fc.constantFrom('verified' as const, 'pinned' as const, 'changed' as const)),
    unreadable: maybe(fc.string()),
    state: maybe(fc.constantFrom('stored' as const, 'delivered' as const, 'refused' as const)),
    reason: maybe(fc.string()),
    textId: maybe(fc.string()),
    sealedFor: maybe(fc.string()),
  })
  .map(({ from, textId, sealedFor, ...others }) => ({
    ...others,
    from: from as Username | undefined,
    ...(textId !== undefined && { textId }),
    ...(sealedFor !== undefined && { sealedFor }),
  }));
const piece: fc.Arbitrary<HistoryPiece> = plain({
  conversation: fc.constantFrom('lobby', '#tea', '@alice+bob') as fc.Arbitrary<ConversationName>,
  log: natural,
  earlier: fc.array(plain({ log: natural, last: natural }), { maxLength: 3 }),
  back: natural,
  cursor: natural,
  read: natural,
  rows: fc.array(row, { maxLength: 5 }),
});

test('a piece is read as it was written', () => {
  fc.assert(
    fc.property(piece, (given) => {
      assert.deepEqual(decodePiece(encodePiece(given)), given);
    }),
  );
});

test('whatever is changed in a piece, it is refused or read as a valid one', () => {
  fc.assert(
    fc.property(piece, fc.nat(), fc.integer({ min: 0, max: 255 }), (given, where, byte) => {
      const encoded = encodePiece(given);
      assert.equal(decodePiece(encoded.subarray(0, where % encoded.length)), undefined);
      const changed = encoded.slice();
      changed[where % changed.length] = byte;
      const read = decodePiece(changed);
      if (read !== undefined) assert.deepEqual(decodePiece(encodePiece(read)), read);
    }),
  );
});

test('pieces with what no device has are refused', () => {
  const given: HistoryPiece = {
    conversation: 'lobby' as ConversationName,
    log: 1,
    earlier: [],
    back: 0,
    cursor: 9,
    read: 9,
    rows: [],
  };
  const text = decodeUtf8(encodePiece(given)) ?? '';
  const row = '{"place":1,"seq":1,"at":1,"text":"x"}';
  const withRow = (one: string) => text.replace('"rows":[]', `"rows":[${one}]`);
  assert.ok(decodePiece(encodeUtf8(withRow(row))));
  for (const wrong of [
    text.replace('history 1', 'history 2'),
    text.replace('"lobby"', '"@"'),
    text.replace('"log":1', '"log":-1'),
    text.replace('"log":1', '"log":1.5'),
    withRow(row.replace('"seq":1', '"seq":0')),
    withRow(row.replace('"at":1', '"at":"1"')),
    withRow(row.replace('"text":"x"', '"code":2,"bytes":""')),
    withRow(row.replace('"text":"x"', '"state":"waiting"')),
    withRow(row.replace('"text":"x"', '"from":"a b"')),
    '[]',
    'null',
  ]) {
    assert.equal(decodePiece(encodeUtf8(wrong)), undefined, wrong);
  }
});

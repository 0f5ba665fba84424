import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { frameHeadBytes } from './frame-sizes.ts';
import {
  decodeFrame,
  encodeFrame,
  maxFrameEntries,
  type LiveFrame,
  type LiveFrameBody,
} from './live-frame.ts';
import { maxReceipts, maxUnreadLines } from '../limits.ts';

const hexOf = (bytes: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((array) => Buffer.from(array).toString('hex'));
const entries = (minLength: number): fc.Arbitrary<string[]> =>
  fc.array(hexOf(16), { minLength, maxLength: maxFrameEntries });
const body: fc.Arbitrary<LiveFrameBody> = fc.oneof(
  fc.record({
    kind: fc.constant('text' as const),
    id: hexOf(16),
    text: fc.string({ unit: 'grapheme', minLength: 1 }),
  }),
  fc.record({
    kind: fc.constant('note' as const),
    id: hexOf(16),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  }),
  fc.record({ kind: fc.constant('receipt' as const), ids: entries(0) }),
  fc.record({ kind: fc.constant('resend' as const), hashes: entries(1) }),
);
const frame: fc.Arbitrary<LiveFrame> = fc.record({
  incarnation: hexOf(8),
  generation: fc.nat({ max: 0xffff_ffff }),
  body,
});

test('every frame comes back from its bytes', () => {
  fc.assert(
    fc.property(frame, (made) => {
      assert.deepEqual(decodeFrame(encodeFrame(made)), structuredClone(made));
    }),
  );
});

test('whatever is decoded has one encoding, and nothing throws', () => {
  fc.assert(
    fc.property(
      fc.constantFrom([], [1, 1], [1, 2], [1, 3]),
      fc.uint8Array({ maxLength: 80 }),
      (head, tail) => {
        const bytes = Uint8Array.of(...head, ...tail);
        const decoded = decodeFrame(bytes);
        if (typeof decoded !== 'string') assert.deepEqual(encodeFrame(decoded), bytes);
      },
    ),
    { numRuns: 2000 },
  );
});

test('truncations, trailing bytes, unknown kinds and bad UTF-8 are malformed', () => {
  const head = { incarnation: '00'.repeat(8), generation: 1 };
  const receipt = encodeFrame({ ...head, body: { kind: 'receipt', ids: ['ab'.repeat(16)] } });
  for (let length = 0; length < receipt.length; length++) {
    assert.equal(decodeFrame(receipt.subarray(0, length)), 'malformed');
  }
  assert.equal(decodeFrame(Uint8Array.of(...receipt, 0)), 'malformed');
  assert.equal(decodeFrame(receipt.with(1, 9)), 'malformed');
  const text = encodeFrame({ ...head, body: { kind: 'text', id: 'ab'.repeat(16), text: 'x' } });
  assert.equal(decodeFrame(text.with(text.length - 1, 0xff)), 'malformed');
  assert.equal(decodeFrame(text.subarray(0, -1)), 'malformed', 'a text without text');
  const none = receipt.subarray(0, frameHeadBytes + 1).with(frameHeadBytes, 0);
  assert.equal(decodeFrame(none.with(1, 3)), 'malformed', 'a question about nothing');
});

test('a later version is told from rubbish', () => {
  const made = encodeFrame({
    incarnation: '00'.repeat(8),
    generation: 1,
    body: { kind: 'receipt', ids: [] },
  });
  assert.equal(decodeFrame(made.with(0, 2)), 'newer-version');
  assert.equal(decodeFrame(made.with(0, 0)), 'malformed');
});

test('what is gathered for one frame fits one', () => {
  assert.ok(maxReceipts <= maxFrameEntries && maxUnreadLines <= maxFrameEntries);
});

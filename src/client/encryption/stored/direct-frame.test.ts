import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeFrame, encodeFrame, maxAskedNumbers, type DirectContent } from './direct-frame.ts';

const id = fc
  .uint8Array({ minLength: 16, maxLength: 16, size: 'max' })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const text = fc.string({ minLength: 1, unit: 'grapheme' });
const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const numbers = fc
  .uniqueArray(number, { minLength: 1, maxLength: maxAskedNumbers, size: 'max' })
  .map((made) => made.sort((a, b) => a - b));

const content: fc.Arbitrary<DirectContent> = fc.oneof(
  fc.tuple(id, text).map(([made, said]) => ({ kind: 'text' as const, id: made, text: said })),
  numbers.map((asked) => ({ kind: 'ask' as const, numbers: asked })),
  fc.tuple(number, id, text).map(([of, made, said]) => ({
    kind: 'again' as const,
    number: of,
    id: made,
    text: said,
  })),
);

test('every frame comes back, from the middle of a buffer too; nothing else has its bytes', () => {
  fc.assert(
    fc.property(content, (made) => {
      const bytes = encodeFrame(made);
      assert.deepEqual(decodeFrame(bytes), made);
      const around = Uint8Array.of(9, 9, ...bytes, 9);
      assert.deepEqual(decodeFrame(around.subarray(2, around.length - 1)), made);
    }),
  );
});

test('what decodes encodes to the same bytes, whatever was cut or appended', () => {
  fc.assert(
    fc.property(
      content,
      fc.nat({ max: 200 }),
      fc.uint8Array({ maxLength: 9 }),
      (made, cut, tail) => {
        const bytes = Uint8Array.of(...encodeFrame(made).subarray(0, cut), ...tail);
        const decoded = decodeFrame(bytes);
        if (typeof decoded !== 'string') assert.deepEqual(encodeFrame(decoded), bytes);
      },
    ),
  );
});

test('frames that this version does not make are refused, later versions by their own name', () => {
  const head = (...bytes: number[]): unknown => decodeFrame(Uint8Array.from(bytes));
  const one = [0, 0, 0, 0, 0, 0, 0, 1];
  const id16 = Array.from({ length: 16 }, () => 7);
  assert.equal(head(), 'malformed');
  assert.equal(head(3, 1), 'newer-version');
  assert.equal(head(1, 1), 'malformed', 'of live conversations');
  assert.equal(head(2, 9, 1), 'malformed');
  assert.equal(head(2, 2, 0), 'malformed', 'asks for nothing');
  assert.equal(head(2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0), 'malformed', 'number 0');
  assert.equal(head(2, 2, 2, ...one, ...one), 'malformed', 'not ascending');
  assert.equal(head(2, 2, 1, 255, 0, 0, 0, 0, 0, 0, 0), 'malformed', 'no safe integer');
  assert.equal(head(2, 1, ...id16), 'malformed', 'no text');
  assert.equal(head(2, 1, ...id16, 0xff), 'malformed', 'no UTF-8');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeNumber, decodeParts, encodeNumber, encodeParts } from './parts.ts';

const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });

test('parts come back, and no other bytes than theirs have them', () => {
  fc.assert(
    fc.property(parts, (list) => {
      const plain = list.map((part) => new Uint8Array(part));
      assert.deepEqual(decodeParts(encodeParts(plain)), plain);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const found = decodeParts(bytes);
      if (found !== undefined) assert.deepEqual(encodeParts(found), new Uint8Array(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('parts that are cut off anywhere, or followed by a byte, are refused', () => {
  const bytes = encodeParts([Uint8Array.of(1, 2, 3), new Uint8Array(), new Uint8Array(260)]);
  const ends = new Set([0, 5, 7]);
  for (let length = 0; length < bytes.length; length++) {
    assert.equal(decodeParts(bytes.subarray(0, length)) !== undefined, ends.has(length));
  }
  assert.equal(decodeParts(Uint8Array.of(...bytes, 0)), undefined);
});

test('numbers come back, and unsafe ones are refused', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      assert.equal(decodeNumber(encodeNumber(value)), value);
    }),
  );
  assert.equal(decodeNumber(new Uint8Array(8).fill(255)), undefined);
  assert.equal(decodeNumber(Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0)), undefined);
  assert.equal(decodeNumber(new Uint8Array(7)), undefined);
});

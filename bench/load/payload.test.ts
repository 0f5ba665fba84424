import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  fillerOf,
  mark,
  markBytes,
  maxNumber,
  maxSenders,
  readNumber,
  readSender,
} from './payload.ts';

test('a mark reads as the sender and number that it was made of', () => {
  fc.assert(
    fc.property(fc.nat(maxSenders - 1), fc.nat(maxNumber - 1), (sender, number) => {
      const bytes = Buffer.from(`xy${mark(sender, number)}`, 'latin1');
      assert.equal(bytes.length, 2 + markBytes);
      assert.equal(readSender(bytes, 2), sender);
      assert.equal(readNumber(bytes, 2), number);
    }),
  );
});

test('a payload holds nothing that a wire form would have to escape', () => {
  const payload = mark(maxSenders - 1, maxNumber - 1) + fillerOf(200);
  assert.equal(payload.length, 200);
  assert.match(payload, /^[0-9:;<=>?@A-O]{8}[a-z ]+$/);
  assert.throws(() => fillerOf(markBytes - 1), RangeError);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compareBytes,
  concatBytes,
  decodeUtf8,
  encodeUtf8,
  equalBytes,
  formatHex,
} from './bytes.ts';

test('UTF-8 goes both ways and malformed bytes are refused', () => {
  assert.equal(decodeUtf8(encodeUtf8('héllo 👩‍👩‍👧 \ufeff')), 'héllo 👩‍👩‍👧 \ufeff');
  assert.equal(decodeUtf8(Uint8Array.of(0xc3)), undefined);
  assert.equal(decodeUtf8(Uint8Array.of(0xed, 0xa0, 0x80)), undefined);
});

test('bytes are joined, compared and ordered', () => {
  assert.deepEqual(
    concatBytes(Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)),
    Uint8Array.of(1, 2, 3),
  );
  assert.ok(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2)));
  assert.ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
  assert.ok(!equalBytes(Uint8Array.of(1), Uint8Array.of(1, 0)));
  assert.ok(compareBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)) < 0);
  assert.ok(compareBytes(Uint8Array.of(1, 2, 0), Uint8Array.of(1, 2)) > 0);
  assert.equal(formatHex(Uint8Array.of(0, 255, 16)), '00ff10');
});

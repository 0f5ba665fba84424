import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codeOf, value } from '../../test/support/pair.ts';
import { maxPaddedBytes, maxPlaintextBytes } from './padded-sizes.ts';
import { pad, unpad } from './padding.ts';

test('padding comes off again, and costs at most 12 % or 256 bytes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: maxPlaintextBytes }), (length) => {
      const content = new Uint8Array(length).fill(0xff);
      const padded = pad(content);
      assert.deepEqual(value(unpad(padded)), content);
      assert.ok(padded.length <= Math.max(256, (length + 4) * 1.12));
      assert.ok(padded.length <= maxPaddedBytes);
    }),
  );
});

test('few sizes are seen', () => {
  const sizes = new Set<number>();
  for (let length = 0; length <= maxPlaintextBytes; length++) {
    sizes.add(pad(new Uint8Array(length)).length);
  }
  assert.ok(sizes.size < 120, `${sizes.size} sizes`);
});

test('a longer content is a bug of the caller', () => {
  assert.throws(() => pad(new Uint8Array(maxPlaintextBytes + 1)));
});

test('only what pad makes is taken off', () => {
  const padded = pad(new Uint8Array(305).fill(1));
  assert.equal(padded.length, 320);
  for (let at = 0; at < padded.length; at++) {
    if (at >= 4 && at < 309) continue;
    const altered = padded.slice();
    altered[at] = (altered[at] ?? 0) ^ 1;
    // A length that is off by one still has this padded size, if the byte in question is a zero or content.
    if (at === 3) continue;
    assert.equal(codeOf(unpad(altered)), 'malformed', `byte ${at}`);
  }
  for (let at = 0; at < padded.length; at++) {
    assert.equal(codeOf(unpad(padded.subarray(0, at))), 'malformed');
  }
  assert.equal(codeOf(unpad(Uint8Array.of(...padded, 0))), 'malformed');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void unpad(bytes)));
});

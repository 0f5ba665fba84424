import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codeOf, converse, value } from '../../test/support/pair.ts';
import { encodeUtf8 } from '../lib/bytes.ts';
import { decodeKeyPackage, decodePrivateMessage, decodeWelcome, maxMessageBytes } from './codec.ts';
import { seal } from './pair-session.ts';

const decoders = [decodeKeyPackage, decodeWelcome, decodePrivateMessage];

test('each decoder takes its kind, and names the others', async () => {
  const { a, keyPackage, welcome } = await converse();
  const { bytes } = await seal(a, encodeUtf8('hello'));
  for (const [kind, message] of [keyPackage, welcome, bytes].entries()) {
    assert.deepEqual(
      decoders.map((decode) => codeOf(decode(message))),
      decoders.map((_, other) => (other === kind ? 'none' : 'wrong-kind')),
    );
  }
});

test('trailing bytes and long length forms are refused', async () => {
  const { a } = await converse();
  const { bytes } = await seal(a, encodeUtf8('hello'));
  value(decodePrivateMessage(bytes));
  assert.equal(codeOf(decodePrivateMessage(Uint8Array.of(...bytes, 0))), 'malformed');
  // The group id's length, 17, is one byte after the version and the kind [RFC 9420 §2.1.2].
  assert.equal(bytes[4], 17);
  const longForm = Uint8Array.of(...bytes.subarray(0, 4), 0x40, 17, ...bytes.subarray(5));
  assert.equal(codeOf(decodePrivateMessage(longForm)), 'malformed');
});

test('over-long input is refused before it is read', () => {
  for (const decode of decoders) {
    assert.equal(codeOf(decode(new Uint8Array(maxMessageBytes + 1))), 'malformed');
  }
});

test('random bytes are refused and never throw', () => {
  fc.assert(
    fc.property(
      fc.constantFrom([], [0, 1, 0, 1], [0, 1, 0, 2], [0, 1, 0, 3], [0, 1, 0, 4], [0, 1, 0, 5]),
      fc.uint8Array({ maxLength: 400 }),
      (head, tail) => {
        for (const decode of decoders) codeOf(decode(Uint8Array.of(...head, ...tail)));
      },
    ),
    { numRuns: 2000 },
  );
});

// One encoding of what a signal says, and nothing else is one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { signalBodyBytes } from '../../e2ee/group/group-signal.ts';
import { decodeSignalBody, encodeSignalBody, type SignalBody } from './signal-body.ts';

const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const anyBody: fc.Arbitrary<SignalBody> = fc.oneof(
  fc.record({ kind: fc.constant('typing' as const), at: number }),
  fc.record({
    kind: fc.constant('read' as const),
    at: number,
    log: fc.maxSafeInteger(),
    seq: number,
  }),
);

test('what is said is what is read, in the same size', () => {
  fc.assert(
    fc.property(anyBody, (body) => {
      const bytes = encodeSignalBody(body);
      assert.equal(bytes.length, signalBodyBytes);
      assert.deepEqual(decodeSignalBody(bytes), { ...body });
    }),
  );
});

test('other bytes say nothing, or what they would be encoded as', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: signalBodyBytes + 1 }), (bytes) => {
      const body = decodeSignalBody(bytes);
      if (body !== undefined) assert.deepEqual(encodeSignalBody(body), bytes);
    }),
  );
  const typing = encodeSignalBody({ kind: 'typing', at: 1 });
  for (const at of [0, 9, 17, 25, 59]) {
    const altered = typing.slice();
    altered[at] = 9;
    assert.equal(decodeSignalBody(altered), undefined, String(at));
  }
});

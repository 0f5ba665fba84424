import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64url, encodeBase64url } from './base64url.ts';

test('base64url agrees with the platform and comes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = encodeBase64url(bytes);
      assert.equal(text, Buffer.from(bytes).toString('base64url'));
      assert.deepEqual(decodeBase64url(text), new Uint8Array(bytes));
    }),
  );
});

test('base64url: whatever decodes is the one text of its bytes', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), (text) => {
      const bytes = decodeBase64url(text);
      if (bytes !== undefined) assert.equal(encodeBase64url(bytes), text);
    }),
  );
});

test('base64url refuses padding, foreign characters, impossible lengths and stray bits', () => {
  for (const text of ['A', 'AA==', 'AAA=', 'AB', 'AAB', 'A+AA', 'A/AA', 'AA A', 'AAAé', 'A\n']) {
    assert.equal(decodeBase64url(text), undefined, JSON.stringify(text));
  }
});

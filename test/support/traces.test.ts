import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tracesOf } from './traces.ts';

const secret = 'The Eagle lands at 9?';

test('a secret is found in every encoding and at every place', () => {
  const utf16 = Buffer.from(secret, 'utf16le');
  for (let before = 0; before < 4; before++) {
    const wrapped = (bytes: Buffer) =>
      Buffer.concat([Buffer.alloc(before, 'x'), bytes, Buffer.from('yz')]);
    const forms: readonly Buffer[] = [
      Buffer.from(secret),
      Buffer.from(secret.toUpperCase()),
      Buffer.from(secret).reverse(),
      utf16,
      Buffer.from(utf16).swap16(),
      Buffer.from(encodeURIComponent(secret)),
      Buffer.from(Buffer.from(secret).toString('hex').toUpperCase()),
      Buffer.from(wrapped(Buffer.from(secret)).toString('base64')),
      Buffer.from(wrapped(Buffer.from(secret)).toString('base64url')),
      Buffer.from(wrapped(utf16).toString('base64')),
    ];
    for (const [number, form] of forms.entries()) {
      assert.notDeepEqual(tracesOf(secret, wrapped(form)), [], `form ${number} at ${before}`);
    }
  }
});

test('nothing is found where nothing is', () => {
  assert.deepEqual(tracesOf(secret, Buffer.from('The Eagle stays, at 9! '.repeat(50))), []);
});

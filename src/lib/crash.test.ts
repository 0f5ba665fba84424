import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crashFields } from './crash.ts';

test('a crash is told by kind, code and place; its message stays out, even where it looks like a frame', () => {
  const secret = 'my secret\n    at words of alice';
  const fields = crashFields(Object.assign(new TypeError(secret), { code: 'ERR_SOMETHING' }));
  assert.equal(fields.kind, 'TypeError');
  assert.equal(fields.code, 'ERR_SOMETHING');
  assert.match(String(fields.stack), /crash\.test\./);
  assert.doesNotMatch(JSON.stringify(fields), /secret|alice/);
});

test('a thrown value that is no error is told by its type only', () => {
  assert.deepEqual(crashFields('words of alice'), {
    kind: 'string',
    code: undefined,
    stack: undefined,
  });
});

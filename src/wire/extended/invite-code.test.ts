import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalInvite } from './invite-code.ts';

test('capital letters, spaces and dashes of a code do not matter', () => {
  const code = 'abcdef-ghijkm-npqrst-uvwxyz-234567';
  for (const typed of [
    code,
    code.toUpperCase(),
    code.replaceAll('-', ' '),
    code.replaceAll('-', ''),
    ` ${code.replaceAll('-', ' - ')}\n`,
    code.replaceAll('-', '\u2013'),
    'abc def ghi jkm npq rst uvw xyz 234 567',
  ]) {
    assert.equal(canonicalInvite(typed), code, typed);
  }
});

test('what is no code of ours stays what it is, in the form that a login takes', () => {
  assert.equal(canonicalInvite('a-Guess'), 'a-Guess');
  assert.equal(canonicalInvite(' é! '), '-');
  assert.equal(canonicalInvite('x'.repeat(100)).length, 64);
});

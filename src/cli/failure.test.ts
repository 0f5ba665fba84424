import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFailure, quoted, systemFailure, usageFailure } from './failure.ts';

test('a failure is one line: what is wrong, and what to do about it', () => {
  assert.equal(formatFailure(usageFailure('it is so')), 'helo: it is so.');
  assert.equal(formatFailure(systemFailure('it is so', 'Do that.')), 'helo: it is so. Do that.');
});

test('quoted text cannot move the cursor, break the line or fill the screen', () => {
  assert.equal(quoted('a\u001b[2Jb\nc\u202ed\u2028'), 'a\uFFFD[2Jb\uFFFDc\uFFFDd\uFFFD');
  assert.equal(quoted('\ud800'), '\uFFFD');
  assert.equal(quoted('x'.repeat(60)), 'x'.repeat(60));
  assert.equal(quoted('😀'.repeat(61)), `${'😀'.repeat(59)}…`);
});

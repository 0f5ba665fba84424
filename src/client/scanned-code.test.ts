import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linkingContent, readScanned, safetyContent } from './scanned-code.ts';

const digits = Array.from({ length: 12 }, (_, at) => `${10_000 + at}`).join(' ');
const code = 'ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ';

test('a code says what it was made of', () => {
  assert.deepEqual(readScanned(safetyContent(digits)), { is: 'safety', digits });
  assert.deepEqual(readScanned(linkingContent(code)), {
    is: 'link',
    code: code.replaceAll('-', ''),
  });
});

test('whatever else a code holds is nothing: another version, something before or behind, other letters', () => {
  const others = [
    '',
    safetyContent(digits).replace(':1:', ':2:'),
    `${safetyContent(digits)}0`,
    `${safetyContent(digits)}\n`,
    ` ${safetyContent(digits)}`,
    safetyContent(digits).toLowerCase(),
    safetyContent(digits).replace('1', '١'),
    linkingContent(`${code}A`),
    `${linkingContent(code)}\n/leave`,
    'https://evil.example/#invite=x',
    `HELO:/leave${'A'.repeat(20)}`,
    'A'.repeat(1_000_000),
  ];
  for (const text of others)
    assert.deepEqual(readScanned(text), { is: 'other' }, text.slice(0, 99));
  fc.assert(fc.property(fc.string(), (text) => readScanned(text).is === 'other'));
});

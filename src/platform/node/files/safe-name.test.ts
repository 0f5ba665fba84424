import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { maxNameBytes, numberedName, safeName } from './safe-name.ts';

test('names that are safe stay as they are', () => {
  for (const name of [
    'report.pdf',
    'Jahresbericht für März.tar.gz',
    '报告.txt',
    'a',
    '👩‍👩‍👧.png',
    'x-1_2 (3).md',
  ]) {
    assert.equal(safeName(name), name);
  }
});

test('names are reduced to their last part and to what can be seen', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\windows\\system32\\drivers.sys', 'drivers.sys'],
    ['/abs/olute', 'olute'],
    ['C:\\x.txt', 'x.txt'],
    ['C:x.txt', 'C_x.txt'],
    ['file.txt:stream', 'file.txt_stream'],
    ['a/b/', 'file'],
    ['..', 'file'],
    ['.', 'file'],
    ['', 'file'],
    ['...', 'file'],
    ['. . .', 'file'],
    ['\u200D', 'file'],
    ['.bashrc', 'bashrc'],
    ['..config', 'config'],
    ['name. . ', 'name'],
    ['  padded   name  .txt', 'padded name.txt'],
    ['a\0b\r\nc\td', 'abcd'],
    ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['a\u200Bb\uFEFFc\u2028d', 'abcd'],
    ['\u001B[31mred', '[31mred'],
    ['\uD800x', 'x'],
    ['CON', '_CON'],
    ['con.txt', '_con.txt'],
    ['nul .tar.gz', '_nul.tar.gz'],
    ['COM¹', '_COM¹'],
    ['LPT9.log', '_LPT9.log'],
    ['console', 'console'],
    ['-rf', '_rf'],
    ['what?*.txt', 'what__.txt'],
    ['e\u0301.txt', 'é.txt'],
    ['.helo-0123.part', 'helo-0123.part'],
  ];
  for (const [given, wanted] of cases) assert.equal(safeName(given), wanted, JSON.stringify(given));
});

test('long names are cut between characters and keep their ending', () => {
  assert.equal(safeName(`${'x'.repeat(300)}.pdf`), `${'x'.repeat(maxNameBytes - 4)}.pdf`);
  assert.equal(safeName(`${'é'.repeat(150)}.tar.gz`), `${'é'.repeat(124)}.tar.gz`);
  assert.equal(safeName(`${'é'.repeat(150)}.tar.gz`, 200), `${'é'.repeat(96)}.tar.gz`);
  assert.equal(safeName(`a.${'y'.repeat(300)}`), `a.${'y'.repeat(maxNameBytes - 2)}`);
  assert.ok(safeName('👩‍👩‍👧'.repeat(50)).endsWith('👧'));
  assert.ok(Buffer.byteLength(safeName(`a${'\u0301'.repeat(500)}`)) <= maxNameBytes);
});

test('a name that fits on a disk stays whole, and makes room for a number only where it needs one', () => {
  for (const length of [201, 254, 255]) {
    const name = `${'x'.repeat(length - 4)}.pdf`;
    assert.equal(safeName(name), name);
    const numbered = numberedName(name, 2);
    assert.ok(numbered.endsWith('x (2).pdf'));
    assert.equal(numbered.length, Math.min(255, length + 4));
  }
});

test('numbers stand before the ending', () => {
  assert.equal(numberedName('report.pdf', 1), 'report.pdf');
  assert.equal(numberedName('report.pdf', 2), 'report (2).pdf');
  assert.equal(numberedName('backup.tar.gz', 3), 'backup (3).tar.gz');
  assert.equal(numberedName('README', 2), 'README (2)');
});

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc
    .array(
      fc.constantFrom(
        '..',
        '/',
        '\\',
        '.',
        ' ',
        'CON',
        'nul',
        ':',
        '\0',
        '\n',
        '\u202E',
        '\u200D',
        '-',
        'é',
        'x',
        '.txt',
        '\uD83D',
        'a'.repeat(120),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

test('whatever the name, what is left names a visible file in the folder and nothing else', () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 1, max: 10_000 }), (given, count) => {
      const safe = safeName(given);
      assert.equal(safeName(safe), safe, 'what is safe stays as it is');
      for (const name of [safe, numberedName(safe, count)]) {
        assert.notEqual(name, '');
        assert.ok(Buffer.byteLength(name) <= 255);
        assert.equal(Buffer.from(name).toString(), name, 'it is whole Unicode');
        assert.doesNotMatch(name, /[/\\:*?"<>|\p{Cc}]|[\u202A-\u202E\u2066-\u2069]/u);
        assert.doesNotMatch(name, /^[. -]|[. ]$/);
        assert.equal(posix.dirname(posix.join('/downloads/bob', name)), '/downloads/bob');
        assert.equal(win32.dirname(win32.join('C:\\downloads\\bob', name)), 'C:\\downloads\\bob');
        assert.doesNotMatch(name, /^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)/i);
      }
    }),
    { numRuns: 3000 },
  );
});

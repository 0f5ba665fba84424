import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { widthOf } from '../columns.ts';
import { harmless } from '../../client/wording/sanitize.ts';
import type { PrintedLine } from '../../client/wording/printed-line.ts';
import { terminalStyle } from './style.ts';
import { hang, wrapWords } from './wrap.ts';

test('rows end at spaces, and later ones are indented', () => {
  assert.equal(
    wrapWords('* send it by /unencrypted @dora text', 24, '  '),
    '* send it by\n  /unencrypted @dora\n  text',
  );
  assert.equal(wrapWords('* short', 80, '  '), '* short');
  assert.equal(wrapWords('*     17895  23453', 80, '  '), '*     17895  23453');
  assert.equal(wrapWords('', 80, '  '), '');
});

test('a word longer than a row stays whole', () => {
  assert.equal(wrapWords('a longerthanarow b', 6, ' '), 'a\n longerthanarow\n b');
});

test('the words and their order are kept, and no row is too long unless one word is', () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  fc.assert(
    fc.property(fc.array(word), fc.integer({ min: 1, max: 40 }), (words, columns) => {
      const wrapped = wrapWords(words.join(' '), columns, '  ');
      assert.deepEqual(wrapped.split(/\s+/).filter(Boolean), words);
      for (const row of wrapped.split('\n')) {
        assert.ok(row.length <= columns || row.trim().split(' ').length === 1, row);
      }
    }),
  );
});

/** The rows of a terminal that breaks lines itself and does not support clusters, without colours. */
function shown(text: string, columns: number): readonly string[] {
  return text.split('\n').flatMap((row) => {
    const rows: string[] = [''];
    let width = 0;
    for (const character of row) {
      const own = widthOf(character);
      if (width + own > columns) {
        rows.push('');
        width = 0;
      }
      width += own;
      rows[rows.length - 1] += character;
    }
    return rows;
  });
}

const parts = fc.constantFrom(
  'a',
  ' ',
  '[alice] hi',
  '\t',
  '日本語',
  '👨‍👩‍👧‍👦',
  '🇩🇪',
  '\u1100\u1100\u1100',
  'e\u0301',
  ' '.repeat(30),
  'x'.repeat(50),
  '\u00A0',
  '\u3000',
);
const lines = fc
  .array(parts, { maxLength: 20 })
  .map((them) => harmless(them.join('')))
  .filter((text) => text.trim() !== '');

test('no text of somebody else reaches the first column of a row', () => {
  fc.assert(
    fc.property(
      lines,
      fc.integer({ min: 12, max: 120 }),
      fc.constantFrom('lobby' as const, 'notice' as const, 'reply' as const, 'warning' as const),
      (text, columns, kind) => {
        const line: PrintedLine =
          kind === 'lobby' ? { kind, mark: '', sender: 'mallory', text } : { kind, text };
        const [, ...others] = shown(terminalStyle(false, () => columns)(line), columns);
        for (const row of others) assert.ok(row.startsWith(' '), JSON.stringify(row));
      },
    ),
  );
});

test('nothing but blanks is lost where rows are broken', () => {
  fc.assert(
    fc.property(lines, fc.integer({ min: 4, max: 60 }), (text, columns) => {
      const bare = (broken: string): string => broken.replaceAll(/[ \n]/g, '');
      assert.equal(bare(hang(text, columns, 0)), bare(text));
    }),
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasMarks } from './marks.ts';
import { setText, type Block } from './markup.ts';

/** A short form of blocks: `strong+emphasis(text)`. */
function told(blocks: readonly Block[]): string[] {
  return blocks.map(({ kind, spans }) => {
    const words = spans.map(({ text, styles }) =>
      styles.length === 0 ? text : `${styles.join('+')}(${text})`,
    );
    return `${kind}: ${words.join('')}`;
  });
}

function shown(text: string): string {
  return setText(text)
    .map(({ spans }) => spans.map((span) => span.text).join(''))
    .join('\n');
}

test('emphasis, code and what is struck out', () => {
  assert.deepEqual(told(setText('a **b _c_** `x*y` ~~no~~')), [
    'text: a strong(b )strong+emphasis(c) code(x*y) struck(no)',
  ]);
  assert.deepEqual(told(setText('*two\nlines*')), ['text: emphasis(two\nlines)']);
});

test('what only looks like it stays as it was typed', () => {
  for (const text of [
    'snake_case_name, 2 * 3 * 4, ~5 minutes, **not closed',
    '[a name](https://elsewhere.example)',
    '<b>hi</b> &amp; C:\\_x\\*y',
    '# no heading\n- no list\n1. no list\n---\n    no code',
    '```\nnever closed',
    '| a | b |\n|---|---|',
  ]) {
    assert.deepEqual(told(setText(text)), [`text: ${text}`]);
  }
});

test('links and names keep their marks', () => {
  const text = 'https://a.example/_b_/c*d* by @_bob_ in #_x_';
  assert.deepEqual(told(setText(text)), [`text: ${text}`]);
  assert.deepEqual(told(setText('*see https://a.example/b_c *')), [
    'text: *see https://a.example/b_c *',
  ]);
  assert.deepEqual(told(setText('_see https://a.example/b_c now_')), [
    'text: emphasis(see https://a.example/b_c now)',
  ]);
});

test('code keeps its lines and spaces, a quotation ends with its line', () => {
  assert.deepEqual(told(setText('look:\n```ts\nlet *a*;\n\n  b\n```\nend')), [
    'text: look:',
    'code: let *a*;\n\n  b',
    'text: end',
  ]);
  assert.deepEqual(told(setText('> one *two*\n>three\nfour')), [
    'quote: one emphasis(two)\nthree',
    'text: four',
  ]);
});

test('nothing that is no mark is lost', () => {
  const piece = fc.constantFrom(
    'a',
    'é',
    ' ',
    '\n',
    '*',
    '_',
    '~~',
    '`',
    '```\n',
    '> ',
    '\\',
    '@x_',
    '😀',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join('');
      const bare = (one: string): string => one.replaceAll(/[\s*_~`>]/g, '');
      assert.equal(bare(shown(text)), bare(text));
      if (!hasMarks(text)) assert.equal(shown(text), text);
    }),
  );
});

test('a text with very many marks, and a very long one, are shown as they stand', () => {
  for (const text of [
    '*a_ '.repeat(4_000),
    '> '.repeat(9_000),
    `*a*${' b'.repeat(9_000)}`,
    '*a* \uFDD0',
  ]) {
    assert.deepEqual(setText(text), [{ kind: 'text', spans: [{ text, styles: [] }] }]);
  }
});

// How each kind of item is drawn, and which count as unread.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { textContent } from '../../../client/content.ts';
import { ItemList } from '../../../client/timeline/item-list.ts';
import type { NewItem } from '../../../client/timeline/model.ts';
import { OpenConversation } from '../open-conversation.ts';
import { chosenRows, entryRows } from './item-rows.ts';
import { themeOf } from './theme.ts';

const style = { width: 80, theme: themeOf('none'), links: false };
const said = {
  kind: 'message',
  at: 0,
  from: 'bob',
  isOwn: false,
  encrypted: true,
  standing: 'pinned',
  remark: undefined,
  namesMe: false,
  state: undefined,
} as const;
const unreadable = {
  kind: 'unreadable',
  at: 0,
  isOwn: false,
  why: 'no key',
  encrypted: true,
  standing: undefined,
} as const;
const unknown = { kind: 'unknown', code: 99, bytes: Uint8Array.of(1) } as const;

/** What is drawn behind the time, whether it is unread. */
const kinds: readonly (readonly [NewItem, string, boolean])[] = [
  [{ ...said, content: textContent('hi') }, 'bob ◇ hi', true],
  [
    { ...said, content: unknown },
    'bob ◇ (something that this version of helo does not know)',
    true,
  ],
  [{ ...unreadable, from: 'bob' }, 'bob ◇ (cannot be read: no key)', true],
  [{ ...unreadable, from: undefined }, '! no key', false],
  [{ kind: 'notice', at: 0, tone: 'reply', text: 'bob is out' }, '= bob is out', false],
  [
    { kind: 'file', at: 0, tone: 'notice', text: 'bob sends x', isOffer: true },
    '* bob sends x',
    true,
  ],
  [
    { kind: 'file', at: 0, tone: 'notice', text: 'x is here', isOffer: false },
    '* x is here',
    false,
  ],
];

for (const [item, words, isUnread] of kinds) {
  test(`an item is drawn by its kind: ${item.kind}, ${words}`, () => {
    const items = new ItemList();
    const drawn = items.push((key) => ({ ...item, key }));
    assert.deepEqual(
      entryRows(drawn, style)
        .map(stripVTControlCharacters)
        .map((row) => row.replace(/^\d\d:\d\d +/, '').trimEnd()),
      [words],
    );
    const open = new OpenConversation(() => 24);
    open.markUnread(items, 1);
    assert.equal(open.unreadKey, isUnread ? drawn.key : undefined);
  });
}

/** The rows of what bob said, behind his name. */
function rowsOfText(text: string, name: 'dark' | 'none'): string[] {
  const drawn = new ItemList().push((key) => ({ ...said, content: textContent(text), key }));
  return entryRows(drawn, { ...style, theme: themeOf(name) }).map((row) =>
    row.replace(/^.*?◇\S* /, '').trimEnd(),
  );
}

test('a text is drawn as it is set: emphasis, code, quotations, lines', () => {
  const [row] = rowsOfText('a *b* **c** ~~d~~ `e*f*`', 'dark');
  assert.equal(stripVTControlCharacters(row ?? ''), 'a b c d e*f*');
  for (const [code, text] of [
    ['3', 'b'],
    ['1', 'c'],
    ['9', 'd'],
  ]) {
    assert.ok(row?.includes(`\u001B[${code}m${text}\u001B[0m`), text);
  }
  assert.deepEqual(
    rowsOfText('look:\n> one\n```\n  two\n```\nthree', 'none').map((each) =>
      stripVTControlCharacters(each).replace(/^ {21}/, ''),
    ),
    ['look:', '│ one', '  two', 'three'],
  );
});

const thumbs = { emoji: '👍', count: 2, mine: true, names: [] };

/** The rows of a message, as text. */
function plainRows(part: object, width = 80): string[] {
  const item = { ...said, content: textContent('hi'), ...part } as NewItem;
  const drawn = new ItemList().push((key) => ({ ...item, key }));
  const rows = entryRows(drawn, { width, theme: themeOf('dark'), links: false });
  return rows.map((row) => stripVTControlCharacters(row).slice(6).trimEnd());
}

test('what later messages said of it stands at the message', () => {
  const indent = ' '.repeat(15);
  const reply = { seq: 1, id: '', key: 1, from: 'alice', text: 'shall we' };
  assert.deepEqual(plainRows({ edited: { times: 2, at: 1 }, state: 'sent' }), [
    '         bob ◇ hi (edited) ✓',
  ]);
  assert.deepEqual(
    plainRows({ reply, reactions: [thumbs, { ...thumbs, emoji: '🎉', mine: false }] }),
    ['         bob ◇ ↱ alice: shall we', `${indent}hi`, `${indent}👍 2 (you)  🎉 2`],
  );
  assert.deepEqual(
    plainRows({ reply: { ...reply, from: undefined, text: 'not here' } })[0],
    '         bob ◇ ↱ not here',
  );
  assert.deepEqual(plainRows({ isChanging: true }), ['         bob ◇ hi …']);
});

test('of a deleted message a mark stays, and who has deleted it', () => {
  const gone = {
    content: textContent(''),
    reply: { seq: 1, id: '', key: 1, from: 'x', text: 'y' },
  };
  assert.deepEqual(plainRows({ ...gone, deleted: { by: 'bob' } }), ['         bob ◇ deleted']);
  assert.deepEqual(plainRows({ ...gone, deleted: { by: 'alice' } }), [
    '         bob ◇ deleted by alice',
  ]);
});

test('twenty kinds of reactions take two rows at most, however narrow, and the rest is counted', () => {
  const many = Array.from({ length: 20 }, (_, index) => ({
    ...thumbs,
    count: 10_000 + index,
    mine: false,
  }));
  for (const width of [24, 40, 80]) {
    const rows = plainRows({ reactions: many }, width).slice(1);
    assert.equal(rows.length, 2);
    const shown = rows.join(' ').split('👍').length - 1;
    assert.ok(rows[1]?.endsWith(`+${20 - shown}`), rows[1]);
  }
});

test('the chosen message has a sign, also without colours', () => {
  const drawn = new ItemList().push((key) => ({ ...said, content: textContent('hi'), key }));
  const [row = ''] = chosenRows(entryRows(drawn, style), style);
  assert.match(stripVTControlCharacters(row), /^\d\d:\d\d▸ +bob ◇ hi +$/);
});

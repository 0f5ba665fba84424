// How each kind of item is drawn, and which count as unread.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { textContent } from '../../../client/content.ts';
import { ItemList } from '../../../client/timeline/item-list.ts';
import type { NewItem } from '../../../client/timeline/model.ts';
import { OpenConversation } from '../open-conversation.ts';
import { entryRows } from './item-rows.ts';
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

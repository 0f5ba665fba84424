// What a record of the history is to a view: one kind of item each, harmless, with its words and its line in a file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { textContent } from '../content.ts';
import type { HistoryRecord } from '../store/store-port.ts';
import { exportLine } from '../wording/export-line.ts';
import { authorOf, itemWords } from '../wording/item-words.ts';
import { itemOf, readerOf } from './history-items.ts';
import type { NewItem } from './model.ts';

const reader = readerOf('al');
const time = '1970-01-01T00:00:00.007Z';

function read(changes: Partial<HistoryRecord>): NewItem {
  return itemOf(
    {
      conversation: '@al+bob' as ConversationName,
      localId: undefined,
      seq: 3,
      at: 7,
      from: 'bob' as Username,
      guest: false,
      content: textContent('hi \u001B[2J @al'),
      encrypted: true,
      key: 'pinned',
      unreadable: undefined,
      state: undefined,
      reason: undefined,
      ...changes,
    },
    reader,
  );
}

function shown(item: NewItem) {
  return [item.kind, authorOf(item), itemWords(item), exportLine(item)];
}

test('a message is an item with its content, harmless', () => {
  const item = read({});
  assert.deepEqual(shown(item), ['message', 'bob', 'hi  @al', `${time} [bob] (encrypted) hi  @al`]);
  assert.ok(item.kind === 'message' && item.namesMe && !item.isOwn);
  assert.deepEqual([item.content, item.remark, item.seq], [textContent('hi  @al'), undefined, 3]);
});

test('a file that somebody offers is an item with its name, harmless', () => {
  const sha256 = new Uint8Array(32);
  const name = 'a\u001B[2J.pdf';
  const item = read({ content: { kind: 'file', at: 'sender', name, size: 2_000_000, sha256 } });
  const words = '(offers a.pdf, 2.0 MB)';
  assert.deepEqual(shown(item), ['message', 'bob', words, `${time} [bob] (encrypted) ${words}`]);
});

test('an own message that was refused says why', () => {
  const item = read({ from: 'al' as Username, state: 'refused', reason: 'no \u0007room' });
  assert.ok(item.kind === 'message' && item.isOwn && !item.namesMe);
  assert.deepEqual([item.state, item.remark], ['failed', 'not sent: no room']);
  assert.equal(exportLine(item), `${time} [al] (encrypted, not delivered) hi  @al`);
});

test('a private message that is not what it seems has a remark', () => {
  const remarkOf = (item: NewItem) => (item.kind === 'message' ? item.remark : item.kind);
  assert.equal(remarkOf(read({ encrypted: false, key: undefined })), 'not encrypted');
  assert.equal(remarkOf(read({ key: 'changed' })), 'new key, not trusted');
  const inLobby = { conversation: 'lobby' as ConversationName, encrypted: false, key: undefined };
  assert.equal(remarkOf(read(inLobby)), undefined);
});

test('a content that this version does not know is kept in its item, and is no text', () => {
  const content = { kind: 'unknown', code: 9, bytes: Uint8Array.of(1) } as const;
  const item = read({ content });
  assert.ok(item.kind === 'message');
  assert.deepEqual(item.content, content);
  assert.equal(itemWords(item), '(something that this version of helo does not know)');
});

test('what cannot be read is a mark, with or without its author', () => {
  const content = textContent('');
  assert.deepEqual(shown(read({ content, unreadable: 'the key\u001B[1m is gone' })), [
    'unreadable',
    'bob',
    'the key is gone',
    `${time} * a message of bob cannot be read`,
  ]);
  const nobody = { content, from: undefined, unreadable: '2 messages are lost' };
  assert.deepEqual(shown(read(nobody)), [
    'unreadable',
    undefined,
    '2 messages are lost',
    `${time} * 2 messages are lost`,
  ]);
});

test('what the server says in a conversation is a notice', () => {
  assert.deepEqual(shown(read({ from: undefined, content: textContent('bob is\u0000 out') })), [
    'notice',
    undefined,
    'bob is out',
    `${time} * bob is out`,
  ]);
});

// What the timeline shows of signals: readers at own messages, a third mark in private, and nothing where the person does
// not tell.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationName } from '../../wire/extended/names.ts';
import { maxNamedReaders } from '../signals/limits.ts';
import { readersWords } from '../wording/reader-words.ts';
import type { ChatClient } from '../chat-client.ts';
import { ItemList } from './item-list.ts';
import type { NewMessageItem } from './model.ts';
import { ShownSignals } from './shown-signals.ts';

const [tea, bob] = ['#tea', '@alice+bob'] as unknown as [ConversationName, ConversationName];

function begun() {
  const state = { readers: ['bob'] as readonly string[], tells: true, ignored: '' };
  const quiet = { isIgnored: (name: string) => name === state.ignored };
  const signals = {
    readersOf: (_name: ConversationName, seq: number) => (seq <= 2 ? state.readers : []),
    tellsReading: () => state.tells,
    typingIn: () => ['bob'],
  };
  const shown = new ShownSignals({ signals, quiet } as unknown as Pick<
    ChatClient,
    'quiet' | 'signals'
  >);
  const items = new ItemList();
  const said = {
    kind: 'message',
    content: { kind: 'text', text: 'hi' },
    state: 'delivered',
  } as const;
  for (const [seq, isOwn] of [
    [1, true],
    [2, false],
    [3, true],
  ] as const) {
    items.push((key) => ({ ...(said as unknown as NewMessageItem), seq, isOwn, key }));
  }
  const at = (name: ConversationName, index: number) => {
    const item = shown.withReaders(items, name).at(index);
    return item?.kind === 'message' ? item : assert.fail();
  };
  return { state, shown, items, at };
}

test('own messages have their readers, those of others and what nobody has read do not', () => {
  const { at, items } = begun();
  assert.deepEqual(at(tea, 0).readBy, { count: 1, names: ['bob'] });
  assert.equal(at(tea, 0).state, 'delivered');
  assert.equal(at(tea, 1), items.at(1));
  assert.equal(at(tea, 2), items.at(2));
  assert.equal(begun().at(bob, 0).state, 'read');
});

test('an item with the same readers is the same object, and another one when somebody more has read it', () => {
  const { at, state } = begun();
  const first = at(tea, 0);
  assert.equal(at(tea, 0), first);
  state.readers = ['bob', 'carol'];
  assert.notEqual(at(tea, 0), first);
  assert.equal(readersWords(at(tea, 0).readBy), 'Read by bob, carol');
});

test('of more than 50 there is only the count; where the person does not tell there is nothing', () => {
  const { at, items, shown, state } = begun();
  state.readers = Array.from({ length: maxNamedReaders + 1 }, (_, index) => `u${index}`);
  assert.deepEqual(at(tea, 0).readBy, { count: 51, names: [] });
  assert.equal(readersWords(at(tea, 0).readBy), 'Read by 51 people');
  state.tells = false;
  assert.equal(shown.withReaders(items, tea), items);
  assert.deepEqual(shown.of(tea), { typing: ['bob'], tellsReading: false });
  assert.deepEqual(shown.of(undefined), undefined);
});

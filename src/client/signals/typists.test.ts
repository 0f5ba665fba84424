// Who is writing: for a few seconds after the last word of it, or until their message comes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { typingWords } from '../wording/typing-words.ts';
import { maxReaders, maxTypingPlaces, typingMs } from './limits.ts';
import { Typists } from './typists.ts';

const tea = '#tea' as ConversationName;
const [bob, carol] = ['bob', 'carol'] as unknown as [Username, Username];

function begun() {
  const timers = new FakeTimers();
  const told: string[] = [];
  const typists: Typists = new Typists(timers, (name) =>
    told.push(`${name} ${typists.in(name).join()}`),
  );
  return { typists, timers, told };
}

test('it ends by itself, each word of it renews it, and a message ends it at once', () => {
  const { typists, timers, told } = begun();
  typists.heard(tea, bob);
  timers.advance(typingMs - 1);
  typists.heard(tea, bob);
  typists.heard(tea, carol);
  timers.advance(typingMs - 1);
  assert.deepEqual(typists.in(tea), [bob, carol]);
  typists.ended(tea, carol);
  timers.advance(1);
  assert.deepEqual(told, ['#tea bob', '#tea bob,carol', '#tea bob', '#tea ']);
  typists.ended(tea, bob);
  assert.equal(told.length, 4);
});

test('of no more people and places than fit', () => {
  const { typists } = begun();
  for (let at = 0; at <= maxReaders; at++) typists.heard(tea, `u${at}` as Username);
  assert.equal(typists.in(tea).length, maxReaders);
  for (let at = 0; at <= maxTypingPlaces; at++) typists.heard(`#g${at}` as ConversationName, bob);
  assert.deepEqual(typists.in(`#g${maxTypingPlaces}` as ConversationName), []);
  typists.clear();
  assert.deepEqual(typists.in(tea), []);
});

test('in words: one, two, or how many', () => {
  const words = [[], ['bob'], ['bob', 'carol'], ['a', 'b', 'c']].map((names) => typingWords(names));
  assert.deepEqual(words, ['', 'bob is typing', 'bob and carol are typing', '3 people are typing']);
});

// Names of conversations: which texts are one, and what statements call a private one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Username } from '../text.ts';
import {
  conversationGroup,
  directConversation,
  groupConversation,
  parseAnyGroupName,
  parseConversation,
  parseRosterName,
  type ConversationName,
} from './names.ts';

const user = (name: string) => name as Username;

test('the conversation of two has one name, and that of somebody with themselves has their name alone', () => {
  assert.equal(directConversation(user('bob'), user('alice')), '@alice+bob');
  assert.equal(directConversation(user('alice'), user('alice')), '@alice');
  const peopleOf = (text: string) => {
    const parsed = parseConversation(text);
    return parsed?.kind === 'direct' ? parsed.people : undefined;
  };
  assert.deepEqual(peopleOf('@alice+bob'), ['alice', 'bob']);
  assert.deepEqual(peopleOf('@alice'), ['alice', 'alice']);
  for (const text of ['@bob+alice', '@alice+alice', '@alice+', '@', '@+alice', '@a+b+c']) {
    assert.equal(parseConversation(text), undefined, text);
  }
});

test('a charter may call a private conversation by its name, and nobody can make a group of that name', () => {
  for (const name of ['@alice+bob', '@alice'] as ConversationName[]) {
    const group = conversationGroup(name);
    assert.equal(parseRosterName(name), group);
    assert.equal(groupConversation(group), name);
    assert.equal(parseAnyGroupName(name), undefined);
  }
  assert.deepEqual(['tea', '*', '@bob+alice', '#tea'].map(parseRosterName), [
    'tea',
    '*',
    undefined,
    undefined,
  ]);
});

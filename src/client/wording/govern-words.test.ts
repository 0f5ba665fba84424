// What others have written about a group, in words for people.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '../../lib/result.ts';
import type { ChatClient } from '../chat-client.ts';
import { infoOf, listedGroups } from './govern-words.ts';

const drawn = '\u001b[2J\u202eabc';

test('what others have written about a group draws nowhere else', async () => {
  const rules = { topic: drawn, description: drawn, bans: [{ name: 'eve', reason: drawn }, {}] };
  const governance = {
    info: async () => ok(rules),
    groups: async () =>
      ok([
        { group: 'tea', topic: drawn },
        { group: 'chess', topic: undefined },
      ]),
  };
  const client = { governance } as unknown as ChatClient;
  const shown = JSON.stringify([await infoOf(client, 'tea'), await listedGroups(client)]);
  assert.equal(shown.match(/abc/g)?.length, 4);
  assert.doesNotMatch(shown, /\\u001b|\u202e/);
});

test('without an account nothing is known of groups', async () => {
  const guest = {} as ChatClient;
  for (const asked of [infoOf(guest, 'tea'), listedGroups(guest)]) assert.ok(!(await asked).ok);
});

// What a person reads about the server's directory: true in each case, and said in whole sentences.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DirectoryState } from '../account/directory/directory-alarm.ts';
import type { ChatClient } from '../chat-client.ts';
import { directoryAnswer, directoryWords } from './directory-words.ts';

async function shown(state: DirectoryState): Promise<string> {
  const answer = await directoryAnswer({ directory: async () => state } as ChatClient, false);
  assert.ok(answer.ok);
  return answer.value.join('\n');
}

test('the directory says that a list only ever grew where that is so, and else what came between', async () => {
  assert.match(await shown({ size: 1, alarms: [] }), /: 1 entry\n +it only ever grew/);
  const back = await shown({ size: 3, alarms: [], isPutBack: true });
  assert.match(back, /: 3 entries\n +the server was put back to older data/);
  assert.doesNotMatch(back, /\n +it only ever grew/);
  const long = await shown({ size: 3, alarms: [], isTooLong: true });
  assert.match(long, /NOT COMPARED/);
  assert.doesNotMatch(long, /only ever grew/);
  assert.match(
    await shown({ size: undefined, alarms: [{ kind: 'too-long' }], isTooLong: true }),
    /: 0 entries\n +NOT RIGHT: its list .* longer/,
  );
  assert.match(await shown({ size: undefined, alarms: [] }), /keeps no list/);
});

test('one lost entry is, and several are', () => {
  assert.match(
    JSON.stringify(directoryWords({ kind: 'put-back', lost: 1 })),
    /1 of its entries .* is gone/,
  );
  assert.match(
    JSON.stringify(directoryWords({ kind: 'put-back', lost: 2 })),
    /2 of its entries .* are gone/,
  );
});

// What a program can do with the history of its account, and with what is muted.
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startServerProgram } from '../support/program.ts';
import { comes } from '../support/sealed-chats.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('a program is told why it has no backup and gives no history, and mutes', async (t) => {
  const { plain: at } = await startServerProgram(t);
  const { chat } = await comes(t, at, 'bot');
  const path = join(await temporaryFolder(t), 'bot.backup');
  await assert.rejects(chat.backup(path), { code: 'no-words' });
  await assert.rejects(stat(path), { code: 'ENOENT' });
  await assert.rejects(chat.backup(7 as never), { code: 'usage' });
  await assert.rejects(chat.giveHistory(), { code: 'alone' });
  await chat.mute('lobby');
  assert.deepEqual(chat.muted(), [{ place: 'lobby', until: Infinity }]);
  await chat.unmute('lobby');
  assert.deepEqual(chat.muted(), []);
  for (const ms of [0, -1, NaN, '8h'] as never[]) {
    await assert.rejects(chat.mute('lobby', ms), { code: 'usage' });
  }
});

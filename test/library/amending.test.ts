// Edits, deletions, reactions and replies between programs at the real server, where it can read what is said and where it
// cannot: all of them see the same, and what is deleted is in no file of any of them.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Chat, PastMessage } from '../../src/client/chat/chat.ts';
import { startServerProgram } from '../support/program.ts';
import { comes } from '../support/sealed-chats.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';

async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const file of await readdir(folder, { recursive: true })) {
    const bytes = await readFile(join(folder, file)).catch(() => Buffer.alloc(0));
    if (bytes.includes(text)) found.push(file);
  }
  return found;
}

async function lastIn(chat: Chat, place: string, seq: number): Promise<PastMessage | undefined> {
  return (await chat.history(place)).find((message) => message.seq === seq);
}

for (const lobby of ['open', 'sealed'] as const) {
  test(`a message in a lobby that is ${lobby} is edited, reacted to, answered and deleted`, async (t) => {
    const data = await temporaryFolder(t);
    const args = ['--data', data, ...(lobby === 'sealed' ? ['--lobby', 'sealed'] : [])];
    const { plain } = await startServerProgram(t, { args });
    const alice = await comes(t, plain, 'alice');
    await alice.says('lobby', 'here I am');
    const bob = await comes(t, plain, 'bob');
    await bob.says('lobby', 'me too');
    await alice.hears('lobby bob: me too');
    const { seq = 0 } = await alice.chat.say('lobby', 'quokkafirst').stored;
    await bob.hears('lobby alice: quokkafirst');
    await (
      await alice.chat.edit('lobby', seq, 'quokkasecond')
    ).stored;
    await (
      await bob.chat.react('lobby', seq, '\u{1f44d}')
    ).stored;
    await (
      await bob.chat.reply('lobby', seq, 'an answer')
    ).stored;
    for (const { name, chat } of [alice, bob]) {
      const isSo = async () => {
        const now = await lastIn(chat, 'lobby', seq);
        return now?.text === 'quokkasecond' && now.reactions?.[0]?.by[0] === 'bob';
      };
      await eventually(isSo, `the edited message for ${name}`);
    }
    await alice.hears('lobby bob: an answer');
    assert.notDeepEqual(await filesWith(alice.data, 'quokka'), []);
    // Nobody but who said it.
    await (
      await bob.chat.edit('lobby', seq, 'not his')
    ).stored;
    await (
      await bob.chat.delete('lobby', seq)
    ).stored;
    await (
      await alice.chat.delete('lobby', seq)
    ).stored;
    for (const { name, chat } of [alice, bob]) {
      const isGone = async () => (await lastIn(chat, 'lobby', seq))?.deleted?.by === 'alice';
      await eventually(isGone, `the deleted message for ${name}`);
    }
    await eventually(
      async () => (await filesWith(data, 'quokka')).length === 0,
      'nothing of it at the server',
    );
    await alice.chat.close();
    await bob.chat.close();
    for (const folder of [alice.data, bob.data])
      assert.deepEqual(await filesWith(folder, 'quokka'), []);
  });
}

// Sealed groups between programs, over the real server: what is said in them, who can read it, and what the server has of
// it.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Chat } from '../../src/client/chat/chat.ts';
import { connect } from '../../src/library/connect.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

async function comes(t: TestContext, server: string, name: string, data?: string): Promise<Chat> {
  const chat = await connect({ server, name, data: data ?? (await temporaryFolder(t)) });
  t.after(() => chat.close());
  return chat;
}

/** Resolves when `chat` has got `text` in the group. */
async function hears(chat: Chat, text: string): Promise<void> {
  const got: string[] = [];
  const read = async () => {
    for await (const message of chat.messages()) {
      got.push(`${message.place} ${message.from}: ${message.text}`);
      if (message.place === '#lunch' && message.text === text) return;
    }
  };
  await withinLimit(read(), `"${text}"`, () => got.join(' | '));
}

test('what is said in a sealed group is read by its members, and by nobody else', async (t) => {
  const data = await temporaryFolder(t);
  const { plain } = await startServerProgram(t, { args: ['--data', data] });
  const server = `${plain.host}:${plain.port}`;
  const alice = await comes(t, server, 'alice');
  const bob = await comes(t, server, 'bob');
  const carol = await comes(t, server, 'carol');
  await alice.createGroup('lunch', { sealed: true });
  await bob.joinGroup('lunch');
  await carol.joinGroup('lunch');
  await bob.say('#lunch', 'bob is in with a wombat').stored;
  await hears(alice, 'bob is in with a wombat');
  await carol.say('#lunch', 'carol too').stored;
  await hears(alice, 'carol too');
  await hears(bob, 'carol too');
  await alice.kick('lunch', 'carol');
  await alice.say('#lunch', 'without carol').stored;
  await hears(bob, 'without carol');
  for (const file of await readdir(data, { recursive: true })) {
    const bytes = await readFile(join(data, file)).catch(() => Buffer.alloc(0));
    assert.equal(bytes.includes('wombat'), false, file);
  }
});

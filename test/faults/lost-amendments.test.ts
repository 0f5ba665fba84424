// A server is put back, and has lost edits, deletions and reactions of messages that it still has: they are said again by who
// had said them, and whoever comes later sees what everybody sees.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startServerProgram } from '../support/program.ts';
import { comes, type SealedChat } from '../support/sealed-chats.ts';
import { copyData, temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';

async function shownTo({ chat }: SealedChat): Promise<readonly string[]> {
  const past = await chat.history('lobby');
  return past
    .filter(({ from }) => from !== undefined)
    .map(({ text, deleted, reactions = [] }) =>
      [deleted === undefined ? text : 'deleted', ...reactions.map(({ emoji }) => emoji)].join(' '),
    );
}

test('what was said of messages that a restored server still has is said again, and nothing that was said instead since', async (t) => {
  const data = await temporaryFolder(t);
  let server = await startServerProgram(t, { args: ['--data', data] });
  const { plain } = server;
  const args = ['--data', data, '--port', String(plain.port)];
  const alice = await comes(t, plain, 'alice');
  const seqs: number[] = [];
  for (const text of ['one', 'wombat', 'three', 'four'])
    seqs.push((await alice.chat.say('lobby', text).stored).seq ?? 0);
  const [one = 0, two = 0, three = 0, four = 0] = seqs;
  await server.stop();
  const copy = join(await temporaryFolder(t), 'copy');
  await copyData(data, copy);
  server = await startServerProgram(t, { args });
  await alice.isOnline();
  for (const said of [
    await alice.chat.edit('lobby', one, 'first'),
    await alice.chat.edit('lobby', one, 'uno'),
    await alice.chat.delete('lobby', two),
    await alice.chat.react('lobby', three, '\u{1f44d}'),
    await alice.chat.react('lobby', four, '\u{1f44d}'),
    await alice.chat.react('lobby', four, '\u{1f44d}', false),
  ])
    await said.stored;
  const shown = ['uno', 'deleted', 'three \u{1f44d}', 'four'];
  assert.deepEqual(await shownTo(alice), shown);
  await server.stop();
  await rm(data, { recursive: true });
  await copyData(copy, data);
  server = await startServerProgram(t, { args });
  await alice.isTold(/put back to an earlier state/);
  const bob = await comes(t, plain, 'bob');
  let seen: readonly string[] = [];
  await eventually(
    async () => {
      seen = await shownTo(bob);
      return JSON.stringify(seen) === JSON.stringify(shown);
    },
    'the same for who comes later',
    () => seen.join('\n'),
  );
  assert.deepEqual((await shownTo(alice)).slice(0, 4), shown);
  // Nothing of what was deleted is said by the server any more.
  const carol = await comes(t, plain, 'carol');
  assert.ok(!(await shownTo(carol)).includes('wombat'));
});

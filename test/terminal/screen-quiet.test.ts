// Whom one ignores, what of a conversation calls, and hours without disturbance, on the full screen.
import assert from 'node:assert/strict';
import { startChat } from '../support/chat-program.ts';
import { atBothSizes, atOneSize, openScene } from '../support/screen.ts';
import { keys } from '../support/terminal.ts';

atBothSizes(
  'what an ignored person says is one line, calls nobody, and comes back',
  async (t, size) => {
    const { terminal, server, eve } = await openScene(t, size);
    const alice = await startChat(t, { server: server.plain, name: 'alice' });
    alice.type('an ugly word');
    await terminal.shows('an ugly word');
    terminal.type('/ignore @alice', keys.enter);
    await terminal.shows('a message of alice, ignored');
    await terminal.until(
      (lines) => !lines.some((line) => line.includes('ugly')),
      'the word is gone',
    );
    alice.type('bob, an ugly word once more');
    await terminal.shows('2 messages of alice, ignored');
    eve.send('BCST and a kind one');
    await terminal.shows('and a kind one');
    terminal.type('/ignore', keys.enter);
    await terminal.shows('ignored: alice');
    terminal.type('/unignore @alice', keys.enter);
    await terminal.shows('an ugly word once more');
  },
);

atOneSize('rules of a conversation, and nothing that disturbs', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  const told = '\u001B]9;helo: ';
  terminal.type('/set notify osc9', keys.enter);
  await terminal.shows('notify is osc9');
  terminal.type('/notify all', keys.enter);
  await terminal.shows('you are told of everything');
  terminal.type('/dnd 8h', keys.enter);
  await terminal.shows('do not disturb until');
  terminal.type('\u001B[O');
  eve.send('BCST bob, this one is not told');
  await terminal.shows('this one is not told');
  assert.ok(!terminal.raw.includes(told));
  terminal.type('\u001B[I', '/dnd off', keys.enter);
  await terminal.shows('you are told of what calls for you');
  terminal.type('\u001B[O');
  eve.send('BCST this one is, by its rule');
  await terminal.until(() => terminal.raw.includes(`${told}somebody wrote in Lobby\u0007`), 'told');
  terminal.type('\u001B[I', '/notify nothing', keys.enter);
  await terminal.shows('you are told of nothing');
  const from = terminal.raw.length;
  terminal.type('\u001B[O');
  eve.send('BCST bob, nothing any more');
  await terminal.shows('nothing any more');
  assert.ok(!terminal.raw.slice(from).includes(told));
});

// A timer that was set before somebody entered a group holds for what they say there too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServerProgram } from '../support/program.ts';
import { comes } from '../support/sealed-chats.ts';
import { eventually } from '../support/time-limit.ts';

test('who enters a group with a timer is told it by whoever may set it, and what they say disappears', async (t) => {
  const { plain: at } = await startServerProgram(t);
  const alice = await comes(t, at, 'alice');
  await alice.chat.createGroup('lunch');
  await alice.says('#lunch', 'before');
  await (
    await alice.chat.setTimer('#lunch', 86_400)
  ).stored;
  await eventually(() => alice.chat.timer('#lunch') === 86_400, 'the timer of alice');
  const bob = await comes(t, at, 'bob');
  await bob.chat.joinGroup('lunch');
  await eventually(() => bob.chat.timer('#lunch') === 86_400, 'the timer of bob');
  await bob.says('#lunch', 'soup');
  const said = (await bob.chat.history('#lunch')).find(({ text }) => text === 'soup');
  assert.ok(said?.expiresAt !== undefined);
  await alice.hears('#lunch bob: soup');
  // Nobody is shown anything of it.
  const texts = async (who: typeof alice) =>
    (await who.chat.history('#lunch')).map(({ text, unreadable }) => [text, unreadable]);
  assert.deepEqual(await texts(bob), [['soup', undefined]]);
  assert.deepEqual(await texts(alice), [
    ['before', undefined],
    ['soup', undefined],
  ]);
});

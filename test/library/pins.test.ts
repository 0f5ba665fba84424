// Pins between programs at the real server: both of a private conversation pin, and in a group those who lead it; who was
// away hears of it; what is deleted is pinned no more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Chat } from '../../src/client/chat/chat.ts';
import { startServerProgram } from '../support/program.ts';
import { comes } from '../support/sealed-chats.ts';
import { eventually } from '../support/time-limit.ts';

async function arePinned(chat: Chat, place: string, texts: readonly string[]): Promise<void> {
  const isSo = async () =>
    JSON.stringify((await chat.pins(place)).map(({ text }) => text)) === JSON.stringify(texts);
  await eventually(isSo, `pinned in ${place}: ${texts.join(', ')}`);
}

test('both pin in private, and a pin goes with its message', async (t) => {
  const { plain } = await startServerProgram(t);
  const alice = await comes(t, plain, 'alice');
  const bob = await comes(t, plain, 'bob');
  const { seq: first = 0 } = await alice.chat.say('@bob', 'the door code').stored;
  await bob.hears('@alice alice: the door code');
  const { seq: second = 0 } = await bob.chat.say('@alice', 'the address').stored;
  await alice.hears('@bob bob: the address');
  const heard: boolean[] = [];
  alice.chat.on('pinned', ({ isOn, by, seq }) => {
    if (by === 'bob' && seq === first) heard.push(isOn);
  });
  await (
    await alice.chat.pin('@bob', second)
  ).stored;
  await (
    await bob.chat.pin('@alice', first)
  ).stored;
  await arePinned(alice.chat, '@bob', ['the door code', 'the address']);
  await arePinned(bob.chat, '@alice', ['the door code', 'the address']);
  assert.deepEqual((await alice.chat.pins('@bob'))[0]?.pinned, { by: 'bob' });
  await (
    await bob.chat.pin('@alice', first, false)
  ).stored;
  await arePinned(alice.chat, '@bob', ['the address']);
  assert.deepEqual(heard, [true, false]);
  await (
    await bob.chat.delete('@alice', second)
  ).stored;
  await arePinned(alice.chat, '@bob', []);
  await arePinned(bob.chat, '@alice', []);
});

for (const kind of ['open', 'sealed'] as const) {
  test(`in a group that is ${kind} its owners and moderators pin, and others follow nobody else`, async (t) => {
    const { plain } = await startServerProgram(t);
    const alice = await comes(t, plain, 'alice');
    const bob = await comes(t, plain, 'bob');
    await alice.chat.createGroup('lunch', { sealed: kind === 'sealed' });
    await bob.chat.joinGroup('lunch');
    const { seq = 0 } = await bob.chat.say('#lunch', 'at noon').stored;
    await alice.hears('#lunch bob: at noon');
    await (
      await bob.chat.pin('#lunch', seq)
    ).stored;
    // What stands behind it in the log comes after it.
    await bob.says('#lunch', 'did it work');
    await alice.hears('#lunch bob: did it work');
    for (const { chat } of [alice, bob]) assert.deepEqual(await chat.pins('#lunch'), []);
    await (
      await alice.chat.pin('#lunch', seq)
    ).stored;
    for (const { chat } of [alice, bob]) await arePinned(chat, '#lunch', ['at noon']);
    await assert.rejects(alice.chat.pin('#lunch', 999), { code: 'not-here' });
  });
}

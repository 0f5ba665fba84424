// What a program gets of messages from while it was away: what it missed, and nothing from before its first login.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Chat, ChatMessage } from '../../src/client/chat/chat.ts';
import { connect } from '../../src/library/connect.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

/** The next `count` messages of alice. */
async function next(chat: Chat, count: number): Promise<readonly ChatMessage[]> {
  const heard: ChatMessage[] = [];
  const read = async () => {
    for await (const message of chat.messages()) {
      if (message.from === 'alice' && heard.push(message) === count) return;
    }
  };
  await withinLimit(read(), `${count} messages`, () => heard.map(({ text }) => text).join());
  return heard;
}

const told = (messages: readonly ChatMessage[]) =>
  messages.map(({ place, text, late }) => [place, text, late]);

test('what was said before a bot first came, or entered a group, is history; what it missed since is late', async (t) => {
  const { plain } = await startServerProgram(t);
  const server = `${plain.host}:${plain.port}`;
  const data = await temporaryFolder(t);
  const alice = await connect({ server, name: 'alice', data: await temporaryFolder(t) });
  t.after(() => alice.close());
  await alice.createGroup('tea', { sealed: false });
  await alice.say('lobby', 'old').stored;
  await alice.say('#tea', 'old tea').stored;

  const first = await connect({ server, name: 'bot', data });
  t.after(() => first.close());
  await alice.say('lobby', 'now').stored;
  assert.deepEqual(told(await next(first, 1)), [['lobby', 'now', false]]);
  await first.joinGroup('tea');
  await alice.say('#tea', 'now tea').stored;
  assert.deepEqual(told(await next(first, 1)), [['#tea', 'now tea', false]]);
  const texts = async (place: string) => (await first.history(place)).map(({ text }) => text);
  assert.deepEqual(await texts('lobby'), ['old', 'now']);
  assert.ok((await texts('#tea')).includes('now tea'));
  await first.close();

  await alice.say('lobby', 'missed').stored;
  await alice.say('#tea', 'missed tea').stored;
  await alice.say('@bot', 'missed alone').stored;
  const second = await connect({ server, name: 'bot', data });
  t.after(() => second.close());
  await second.say('lobby', 'back').stored;
  await alice.say('lobby', 'end').stored;
  const missed = await next(second, 4);
  assert.deepEqual(
    new Set(told(missed).map((one) => one.join(' '))),
    new Set([
      'lobby missed true',
      '#tea missed tea true',
      '@alice missed alone true',
      'lobby end false',
    ]),
  );
});

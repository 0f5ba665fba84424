// A chat without a store: what it has of an account, and what waits for the program with the store.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatError } from '../../src/client/chat/chat-error.ts';
import type { Chat, ChatMessage } from '../../src/client/chat/chat.ts';
import { connect } from '../../src/library/connect.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

/** The next message of a chat for which `isMeant` is true. */
function next(chat: Chat, isMeant: (message: ChatMessage) => boolean): Promise<ChatMessage> {
  const found = new Promise<ChatMessage>((resolve) => {
    const stop = chat.on('message', (message) => {
      if (!isMeant(message)) return;
      stop();
      resolve(message);
    });
  });
  return withinLimit(found, 'a message');
}

test('an account without a store says and hears what everybody can read; private messages wait for its store', async (t) => {
  const { plain } = await startServerProgram(t);
  const server = `${plain.host}:${plain.port}`;
  const [own, others] = [await temporaryFolder(t), await temporaryFolder(t)];
  // The account has left keys before.
  const before = await connect({ server, name: 'bot', data: own });
  await before.say('lobby', 'here I am').stored;
  await before.close();

  const alice = await connect({ server, name: 'alice', data: others });
  const bot = await connect({ server, name: 'bot', data: own, store: 'memory' });
  assert.ok(bot.isAccount);
  const heard = next(bot, ({ text }) => text === 'to all');
  await alice.say('lobby', 'to all').stored;
  assert.equal((await heard).place, 'lobby');
  const answered = next(alice, ({ from, text }) => from === 'bot' && text === 'done');
  await bot.say('lobby', 'done').stored;
  await answered;
  assert.throws(
    () => bot.say('@alice', 'psst'),
    (error) => error instanceof ChatError && error.code === 'private-elsewhere',
  );
  await alice.say('@bot', 'for later').stored;
  await bot.close();

  const after = await connect({ server, name: 'bot', data: own });
  const late = await next(after, ({ kind }) => kind === 'person');
  assert.deepEqual([late.text, late.encrypted], ['for later', true]);
  await after.close();
  await alice.close();
});

test('a guest without a store has private messages while it is there', async (t) => {
  const { plain } = await startServerProgram(t);
  const server = `${plain.host}:${plain.port}`;
  const alice = await connect({ server, name: 'alice', data: await temporaryFolder(t) });
  const options = { server, name: 'visitor', data: await temporaryFolder(t), guest: true };
  const visitor = await connect({ ...options, store: 'memory' });
  const heard = next(visitor, ({ kind }) => kind === 'person');
  await alice.say('@visitor', 'welcome').stored;
  assert.deepEqual([(await heard).text, (await heard).encrypted], ['welcome', true]);
  const answer = next(alice, ({ kind }) => kind === 'person');
  await visitor.say('@alice', 'thanks').stored;
  assert.equal((await answer).text, 'thanks');
  await visitor.close();
  await alice.close();
});

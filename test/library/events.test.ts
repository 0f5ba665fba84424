// The events of a chat as a program gets them, with the real server: a message has its text beside its content.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientEvent, OwnMessage } from '../../src/index.ts';
import { connect } from '../../src/library/connect.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

test('messages, own messages and broadcasts that were passed on are told with their text and their content', async (t) => {
  const { plain } = await startServerProgram(t);
  const server = `${plain.host}:${plain.port}`;
  const alice = await connect({ server, name: 'alice', data: await temporaryFolder(t) });
  const bot = await connect({ server, name: 'bot', data: await temporaryFolder(t) });
  const events: ClientEvent[] = [];
  const own: OwnMessage[] = [];
  bot.on('event', (event) => events.push(event));
  bot.on('own', (message) => own.push(message));
  await alice.say('lobby', 'hello').stored;
  const wantsMessage = new Promise<void>((resolve) => bot.on('message', () => resolve()));
  await withinLimit(wantsMessage, 'a message');
  await bot.say('lobby', 'answer').stored;
  await withinLimit(bot.close(), 'the end');
  await new Promise(setImmediate);

  const hello = { kind: 'text', text: 'hello' };
  const answer = { kind: 'text', text: 'answer' };
  const told = events.flatMap((event) => {
    if (event.type === 'message') return [['message', event.message.text, event.message.content]];
    if (event.type === 'own')
      return [[event.message.state, event.message.text, event.message.content]];
    return event.type === 'broadcast-sent' ? [['broadcast-sent', event.text, event.content]] : [];
  });
  assert.deepEqual(told, [
    ['message', 'hello', hello],
    ['waiting', 'answer', answer],
    ['stored', 'answer', answer],
    ['broadcast-sent', 'answer', answer],
  ]);
  assert.deepEqual(
    own.map(({ state, text, content }) => [state, text, content]),
    [
      ['waiting', 'answer', answer],
      ['stored', 'answer', answer],
    ],
  );
  await alice.close();
});

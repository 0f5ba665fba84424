// Listeners of a program that throw, with the real server: the program learns of it, and the chat continues.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import type { ChatEvents } from '../../src/client/chat/chat.ts';
import { connect } from '../../src/library/connect.ts';
import { startServerProgram } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

const kinds = ['message', 'own', 'presence', 'state', 'event'] as const;

for (const guest of [false, true]) {
  test(`a chat whose listeners throw goes on, and its account is free afterwards, ${guest ? 'as a guest' : 'with an account'}`, async (t) => {
    const { plain } = await startServerProgram(t);
    const server = `${plain.host}:${plain.port}`;
    const data = await temporaryFolder(t);
    const alice = await connect({ server, name: 'alice', data: await temporaryFolder(t) });
    const bot = await connect({ server, name: 'bot', data, guest });
    const thrown = new Set<unknown>();
    bot.on('error', (error) => thrown.add(error));
    for (const kind of kinds) {
      bot.on(kind, () => {
        // oxlint-disable-next-line typescript/only-throw-error -- a program may throw anything
        throw kind;
      });
    }
    const heard: string[] = [];
    const all = new Promise<void>((resolve) => {
      bot.on('message', ({ text }) => {
        if (heard.push(text) === 20) resolve();
      });
    });
    for (let number = 0; number < 10; number++) {
      await alice.say('lobby', `all ${number}`).stored;
      await alice.say('@bot', `you ${number}`).stored;
      await bot.say('lobby', `answer ${number}`).stored;
    }
    await withinLimit(all, 'twenty messages', () => heard.join());
    assert.equal((await withinLimit(bot.close(), 'the end')).code, 'quit');
    await new Promise(setImmediate);
    // A guest does not learn of other people's presence, nor of the state of its own messages.
    const wanted: readonly (keyof ChatEvents)[] = guest ? ['message', 'state', 'event'] : kinds;
    for (const kind of wanted) if (kind !== 'presence') assert.ok(thrown.has(kind), kind);
    const again = await connect({ server, name: 'bot', data, guest });
    await again.close();
    await alice.close();
  });
}

test('without a listener for errors it is an uncaught exception of the program, whose chat goes on', async (t) => {
  const { plain } = await startServerProgram(t);
  const options = {
    server: `${plain.host}:${plain.port}`,
    name: 'bot',
    data: await temporaryFolder(t),
  };
  const program = `
    import { connect } from ${JSON.stringify(inRepository('dist/index.js'))};
    process.on('uncaughtException', (error) => console.log('uncaught ' + error.message));
    const chat = await connect(${JSON.stringify(options)});
    chat.on('own', () => { throw new Error('mine'); });
    await chat.say('lobby', 'one').stored;
    await chat.say('lobby', 'two').stored;
    console.log((await chat.close()).code);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  await withinLimit(once(child, 'close'), 'the end of the program', () => output);
  assert.match(output, /uncaught mine\n[^]*quit\n$/);
  assert.equal(child.exitCode, 0);
});

test('an invite function that fails makes connect fail with its error, and nobody a guest', async (t) => {
  const { tls } = await startServerProgram(t, {
    args: ['--tls-port', '0', '--registration', 'invite'],
  });
  const server = `tls://127.0.0.1:${tls.port}`;
  const mine = new Error('no code today');
  const failing = [
    [() => Promise.reject(mine), mine],
    [() => 5, { code: 'usage' }],
  ] as const;
  for (const [invite, error] of failing) {
    const options = { server, name: 'bot', data: await temporaryFolder(t), invite };
    await assert.rejects(withinLimit(connect(options as never), 'an answer'), error);
  }
});

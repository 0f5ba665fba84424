// The examples, compiled against the built package and imported by its name, as by a user.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { ownEnvironment, startServerProgram } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

const tsc = inRepository('node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', inRepository('tsconfig.examples.json')]);

async function startBot(t: TestContext, home: string, ...args: string[]) {
  const bot = spawn(process.execPath, [inRepository('.build-examples/echo-bot.js'), ...args], {
    env: { ...ownEnvironment(), HOME: home, XDG_DATA_HOME: home },
  });
  t.after(() => bot.kill('SIGKILL'));
  let output = '';
  for (const stream of [bot.stdout, bot.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const ended = once(bot, 'close').then(() => ({ code: bot.exitCode, output }));
  await withinLimit(once(bot.stdout, 'data'), 'the bot', () => output);
  return { bot, ended: () => withinLimit(ended, 'the end of the bot', () => output) };
}

test('the echo bot answers where it is asked, also what was asked while it was away, and obeys its owner', async (t) => {
  const { plain } = await startServerProgram(t);
  const server = `${plain.host}:${plain.port}`;
  const home = await temporaryFolder(t);
  const alice = await startChat(t, { server: plain, name: 'alice' });
  alice.type('!echo from before there was a bot');
  alice.type('*all');
  await alice.prints('[alice]');
  const first = await startBot(t, home, server, 'echo', 'alice');
  alice.type('!echo hello there');
  await alice.prints('[echo] hello there');
  alice.type('@echo !echo just for me');
  await alice.prints('[echo] just for me');

  first.bot.kill('SIGKILL');
  await first.ended();
  alice.type('@echo !echo while you were away');
  alice.type('!echo in the lobby too');
  alice.type('*all');
  await alice.prints('[alice]');
  const second = await startBot(t, home, server, 'echo', 'alice');
  await alice.prints('[echo] while you were away');
  await alice.prints('[echo] in the lobby too');
  alice.type('@echo !stop');
  const { code, output } = await second.ended();
  assert.equal(code, 0, output);
  assert.match(output, /in as echo, with an account[^]*goodbye/);
  // It has seen that it must stop, and does not stop again.
  const third = await startBot(t, home, server, 'echo', 'alice');
  alice.type('!echo once more');
  await alice.prints('[echo] once more');
  third.bot.kill('SIGKILL');
  await third.ended();
  const { stdout } = await alice.eof();
  assert.equal(stdout.split('[echo] while you were away').length, 2, 'answered once');
  assert.doesNotMatch(stdout, /\[echo\] from before/);
});

// The incoming webhook of the examples, over real sockets: what it says, what it refuses, and what it keeps to itself.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { enterChat } from '../support/chat-program.ts';
import { ownEnvironment, startServerProgram } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

const tsc = inRepository('node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', inRepository('tsconfig.examples.json')]);

const token = '0123456789abcdef0123456789abcdef';

async function startHook(t: TestContext, args: readonly string[], env: Record<string, string>) {
  const home = await temporaryFolder(t);
  const hook = spawn(process.execPath, [inRepository('.build-examples/webhook.js'), ...args], {
    env: { ...ownEnvironment(), HOME: home, XDG_DATA_HOME: home, ...env },
  });
  t.after(() => hook.kill('SIGKILL'));
  let output = '';
  for (const stream of [hook.stdout, hook.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const ended = once(hook, 'close').then(() => hook.exitCode);
  await withinLimit(Promise.race([once(hook.stdout, 'data'), ended]), 'the hook', () => output);
  const port = /hears port (\d+)/.exec(output)?.[1];
  return { hook, port, ended: () => withinLimit(ended, 'its end'), output: () => output };
}

test('what is posted is said sealed, once for a key, and the token is told to nobody', async (t) => {
  const { plain } = await startServerProgram(t);
  const alice = await enterChat(t, { server: plain, name: 'alice' });
  const file = join(await temporaryFolder(t), 'token');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  const server = `${plain.host}:${plain.port}`;
  const { hook, port, ended, output } = await startHook(t, [server, 'hook', '@alice', '0'], {
    HELO_WEBHOOK_TOKEN_FILE: file,
  });
  const post = async (
    body: string | Uint8Array,
    headers: Record<string, string> = {},
    path = `/hooks/${token}`,
  ) => {
    const url = `http://127.0.0.1:${port}${path}`;
    const { status } = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json', ...headers },
    });
    return status;
  };
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  assert.equal(await post('{"text":"the build is red"}', form), 200);
  await alice.prints('[hook] the build is red');
  assert.equal(await post('plain words', { 'Content-Type': 'text/plain; charset=utf-8' }), 200);
  await alice.prints('[hook] plain words');
  assert.equal(await post(`payload=${encodeURIComponent('{"text":"in a form"}')}`, form), 200);
  await alice.prints('[hook] in a form');
  assert.equal(await post('{"text":"two\\nlines"}'), 200);
  await alice.shows('stdout', /\[hook\] two/);

  const key = { 'Idempotency-Key': 'build 7' };
  const twice = await Promise.all([post('{"text":"once"}', key), post('{"text":"once"}', key)]);
  assert.deepEqual([...twice, await post('{"text":"once"}', key)], [200, 200, 200]);
  assert.equal(await post('{"text":"after it"}'), 200);
  await alice.prints('[hook] after it');
  assert.equal(alice.stdout().split('[hook] once').length, 2, 'said once');

  assert.equal(await post('{"text":"x"}', {}, `/hooks/${token.replace('0', '1')}`), 404);
  assert.equal(await post('{"text":"x"}', {}, `/hooks/`), 404);
  assert.equal((await fetch(`http://127.0.0.1:${port}/hooks/${token}`)).status, 405);
  for (const body of ['', '{', '[]', '{"text":7}', '{"words":"x"}'])
    assert.equal(await post(body), 400);
  assert.equal(await post(new Uint8Array([0x22, 0xff])), 413);
  assert.equal(await post('x'.repeat(70_000), { 'Content-Type': 'text/plain' }), 413);
  const many = await Promise.all(
    Array.from({ length: 40 }, (_, i) => post(JSON.stringify({ text: `burst ${i}` }))),
  );
  assert.ok(many.includes(200) && (many.includes(429) || many.includes(503)), many.join(' '));

  hook.kill('SIGTERM');
  assert.equal(await ended(), 0, output());
  assert.ok(!output().includes(token) && !output().includes('build is red'), output());
});

test('without a good token nothing is begun', async (t) => {
  const file = join(await temporaryFolder(t), 'token');
  await writeFile(file, token);
  await chmod(file, 0o644);
  const words = async (env: Record<string, string>) => {
    const { ended, output } = await startHook(t, ['127.0.0.1:1', 'hook', 'lobby', '0'], env);
    assert.notEqual(await ended(), 0);
    return output();
  };
  assert.match(await words({ HELO_WEBHOOK_TOKEN_FILE: file }), /can be read by others/);
  const short = await words({ HELO_WEBHOOK_TOKEN: 'shortsecret' });
  assert.match(short, /a token of at least/);
  assert.ok(!short.includes('shortsecret'));
});

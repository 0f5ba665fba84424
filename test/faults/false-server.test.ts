// An attacker answers in a server's place without TLS: a device with an account there sends nothing.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('a false server that takes no new accounts, knows none, or is of version 1 makes no guest of an account', async (t) => {
  const data = join(await temporaryFolder(t), 'client');
  const real = await startServerProgram(t, { args: ['--ping-interval', '0'] });
  const at = real.plain;
  const args = ['--data', data];
  const first = await startChat(t, { server: at, name: 'alice', args });
  first.type('the first');
  first.type('q');
  assert.equal((await first.end()).code, 0);
  await real.stop();

  const heard: string[] = [];
  let answers: readonly string[] = [];
  const impostor = createServer((socket) => {
    const [greeting, ...rest] = answers;
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      heard.push(bytes.toString('latin1'));
      const next = rest.shift();
      if (next !== undefined) socket.write(`${next}\n`);
      if (next?.startsWith('-ERR') === true) socket.end();
    });
    socket.write(`${greeting}\n`);
  });
  impostor.listen(at.port, at.host);
  await once(impostor, 'listening');
  t.after(() => impostor.close());
  for (const lines of [
    ['HELO Welcome to helo [helo: files ehlo]', '-ERR this server takes no new accounts'],
    [
      'HELO Welcome to helo [helo: files ehlo]',
      '-ERR a new account needs a one-time code from the operator of this server',
    ],
    ['HELO Welcome to helo [helo: files ehlo]', '+OK HELO alice'],
    [
      'HELO Welcome to helo [helo: files ehlo]',
      'WELCOME {"user":"alice","created":true,"conversations":[]}',
    ],
    ['HELO Welcome to helo [helo: files]', '+OK HELO alice'],
    ['HELO Welcome', '+OK HELO alice'],
  ]) {
    answers = lines;
    heard.length = 0;
    const chat = await startChat(t, { server: at, name: 'alice', args });
    chat.type('a secret');
    const { code } = await chat.eof();
    assert.notEqual(code, 0, lines.join(' | '));
    assert.doesNotMatch(heard.join(''), /HELO alice|secret|BCST/, lines.join(' | '));
  }
});

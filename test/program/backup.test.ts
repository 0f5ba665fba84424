// The backup as people make it: /recovery and /backup on at a device that is lost then, and its history on another one by
// the words alone, with the real server.
import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import { runProgram, startProgram, startServerProgram, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually, withinLimit } from '../support/time-limit.ts';

const shown = /twelve words down on paper, in their order: ((?:[a-z]+ ){11}[a-z]+)\./;

async function isIn(chat: ChatProgram): Promise<void> {
  chat.type('*all');
  await chat.shows('stdout', /^\[.*\]$/m);
}

async function recover(t: TestContext, server: Listener, data: string, words: string) {
  const at = `${server.host}:${server.port}`;
  const program = await startProgram(t, {
    args: ['recover', '--server', at, '--data', data, '--name', 'alice'],
  });
  program.process.stdin.end(words);
  const { code, stderr } = await withinLimit(program.ended, 'the end of helo recover');
  assert.equal(code, 0, stderr);
}

/** What a device remembers of its backup. */
async function remembered(data: string): Promise<string> {
  const [server = ''] = await readdir(join(data, 'backup'));
  const path = join(data, 'backup', server, 'user-alice');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  return readFile(path, 'utf8');
}

test('the history of a device that is lost comes back out of the backup, by the words alone', async (t) => {
  const serverData = await temporaryFolder(t);
  const { plain: server } = await startServerProgram(t, { args: ['--data', serverData] });
  const bob = await startChat(t, { server, name: 'bob' });
  await isIn(bob);
  const gone = await temporaryFolder(t);
  const old = await startChat(t, { server, name: 'alice', args: ['--data', gone] });
  await isIn(old);
  bob.type('@alice the secret of the attic');
  await old.prints('[bob] the secret of the attic');
  old.type('@bob what attic');
  await bob.prints('[alice] what attic');
  old.type('/backup on');
  await old.tells(/your account has none yet: type \/recovery first/);
  old.type('/recovery');
  const words = (await old.shows('stderr', shown))[1] ?? '';
  old.type('/backup on');
  await old.tells(/your history is at the server, encrypted for your recovery words: \d+ kB/);
  old.type('/backup');
  await old.tells(
    /this device leaves a backup of its history at the server: the last was whole on/,
  );
  await old.eof();
  await rm(gone, { recursive: true });
  const usage = await runProgram(t, { args: ['admin', 'usage', '--data', serverData] });
  assert.match(usage.stdout, /^BACKUP OF +BLOBS +BYTES\nalice +2 /m);

  const data = await temporaryFolder(t);
  await recover(t, server, data, words);
  const chat = await startChat(t, { server, name: 'alice', args: ['--data', data] });
  await chat.tells(/your history is here, out of the backup/);
  chat.type('/search attic');
  await chat.shows('stdout', /\[bob\] the secret of the attic/);
  await chat.shows('stdout', /what attic/);
  await eventually(
    async () => !(await remembered(data)).includes('restoring'),
    'the secret of the words gone from the disk',
  );
  // It has a backup of its own from here on; the words hold for it, too.
  chat.type('/backup now');
  await chat.tells(/your history is at the server, encrypted for your recovery words/);
  chat.type('/backup off');
  await chat.tells(/there is no backup any more/);
});

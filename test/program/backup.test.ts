// The backup as people make it: /recovery and /backup on at a device that is lost then, and its history on another one by
// the words alone, with the real server.
import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
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

async function recover(
  t: TestContext,
  server: Listener,
  data: string,
  words: string,
  from: readonly string[] = [],
) {
  const at = `${server.host}:${server.port}`;
  const program = await startProgram(t, {
    args: ['recover', '--server', at, '--data', data, '--name', 'alice', ...from],
  });
  program.process.stdin.end(words);
  const { code, stderr } = await withinLimit(program.ended, 'the end of helo recover');
  return { code, stderr };
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
  const done = await recover(t, server, data, words);
  assert.equal(done.code, 0, done.stderr);
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

test('the history of a device that is lost comes back out of a file, at a server that keeps nothing', async (t) => {
  const { plain: server } = await startServerProgram(t, { args: ['--file-days', '0'] });
  const bob = await startChat(t, { server, name: 'bob' });
  await isIn(bob);
  const gone = await temporaryFolder(t);
  const path = join(await temporaryFolder(t), 'alice.backup');
  const old = await startChat(t, { server, name: 'alice', args: ['--data', gone] });
  await isIn(old);
  bob.type('@alice the secret of the attic');
  await old.prints('[bob] the secret of the attic');
  old.type('/backup nwo');
  await old.tells(/It is written: \/backup|it is written: \/backup/i);
  old.type('/recovery');
  const words = (await old.shows('stderr', shown))[1] ?? '';
  old.type(`/backup ${path}`);
  await old.tells(/your history is in \S+alice\.backup, encrypted for your recovery words: \d+ kB/);
  old.type('/backup');
  await old.tells(/The backup in \S+alice\.backup was whole on/);
  await old.eof();
  await rm(gone, { recursive: true });

  const data = await temporaryFolder(t);
  const other = join(await temporaryFolder(t), 'letter.txt');
  await writeFile(other, 'dear alice');
  // Nothing is done at the server before the file is found good.
  for (const from of [other, `${path}.none`]) {
    const refused = await recover(t, server, data, words, ['--from', from]);
    assert.equal(refused.code, 1, refused.stderr);
    assert.match(refused.stderr, /no history comes out of/);
  }
  const done = await recover(t, server, data, words, ['--from', path]);
  assert.equal(done.code, 0, done.stderr);
  await rm(path);
  const chat = await startChat(t, { server, name: 'alice', args: ['--data', data] });
  await chat.tells(/your history is here, out of the backup/);
  chat.type('/search attic');
  await chat.shows('stdout', /\[bob\] the secret of the attic/);
  const [folder = ''] = await readdir(join(data, 'backup'));
  await eventually(
    async () => (await readdir(join(data, 'backup', folder))).join() === 'user-alice',
    'the copy of the file gone',
  );
});

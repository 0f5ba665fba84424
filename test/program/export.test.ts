// The history of a device as a file, and into another device: by the commands, and by those typed in a chat.
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterChat } from '../support/chat-program.ts';
import { startProgram, startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

test('what was said is exported, and imported where it is not, also into a running chat', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const folder = await temporaryFolder(t);
  const [data, emptied] = [join(folder, 'data'), join(folder, 'emptied')];
  const address = `${server.host}:${server.port}`;
  const helo = async (verb: string, from: string, ...args: string[]) => {
    const own = [verb, '--server', address, '--name', 'alice', '--data', from, ...args];
    const program = await startProgram(t, { args: own, folder });
    return withinLimit(program.ended, `helo ${verb}`, () => program.stderr());
  };
  const alice = await enterChat(t, { server, name: 'alice', args: ['--data', data] });
  const bob = await enterChat(t, { server, name: 'bob' });
  bob.type('@alice a secret word');
  await alice.prints('[bob] a secret word');
  bob.type('hello in the lobby');
  await alice.prints('[bob] hello in the lobby');

  const beside = await helo('export', data, 'beside.jsonl');
  assert.deepEqual([beside.code, beside.stdout], [3, '']);
  assert.match(beside.stderr, /another program has the account alice open\. Type \/export/);
  alice.type(`/export *all ${join(folder, 'chat.jsonl')}`);
  await alice.tells(/written to .*chat\.jsonl/);
  alice.type(`/export @bob ${join(folder, 'bob.txt')}`);
  await alice.tells(/written to .*bob\.txt/);
  assert.match(await readFile(join(folder, 'bob.txt'), 'utf8'), /\[bob\] .*a secret word/);
  assert.equal((await alice.eof()).code, 0);

  const whole = await helo('export', data, 'whole.jsonl');
  assert.deepEqual([whole.code, whole.stdout, whole.stderr], [0, '', '']);
  const path = join(folder, 'whole.jsonl');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const withoutTimes = (text: string) => text.replace(/"made":\d+/, '');
  const text = await readFile(path, 'utf8');
  assert.equal(
    withoutTimes(await readFile(join(folder, 'chat.jsonl'), 'utf8')),
    withoutTimes(text),
  );
  assert.equal((await helo('export', data, 'whole.jsonl')).code, 3, 'never over a file');
  const piped = await helo('export', data, '-', 'lobby');
  assert.match(piped.stdout, /hello in the lobby/);
  assert.doesNotMatch(piped.stdout, /a secret word/);
  assert.equal((await helo('export', data, 'x', '#nowhere')).code, 1);
  assert.equal((await helo('export', emptied, 'x')).code, 1);

  const again = await helo('import', data, 'whole.jsonl');
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, /messages of 2 conversations were read/);
  await helo('export', data, 'after.jsonl');
  assert.equal(
    withoutTimes(await readFile(join(folder, 'after.jsonl'), 'utf8')),
    withoutTimes(text),
    'nothing has changed',
  );

  // A made-up past, in a running chat: it is found, with its mark, and moves nothing that is here.
  const made = text
    .replace(/"log":\d+/g, '"log":12345')
    .replaceAll('a secret word', 'an older word')
    .replaceAll(/,"id":"[0-9a-f]+"/g, '');
  await writeFile(join(folder, 'older.jsonl'), made);
  const later = await enterChat(t, { server, name: 'alice', args: ['--data', data] });
  later.type(`/import ${join(folder, 'older.jsonl')}`);
  await later.tells(/were read: what was not here is here now, marked as imported/);
  later.type('/search older word');
  await later.shows('stdout', /\[bob\] an older word/);
  later.type(`/export @bob ${join(folder, 'marked.txt')}`);
  await later.tells(/written to .*marked\.txt/);
  const marked = await readFile(join(folder, 'marked.txt'), 'utf8');
  assert.match(marked, /\(imported, not proven\) an older word\n[^\n]*\(encrypted\) a secret word/);
  await writeFile(join(folder, 'broken.jsonl'), `${made.split('\n')[0]}\nnonsense\n`);
  later.type(`/import ${join(folder, 'broken.jsonl')}`);
  await later.tells(/nothing was taken: line 2: it is no JSON/);
  await later.eof();
});

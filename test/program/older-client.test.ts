// A client from before sealed groups, run as it was, at the server of now and beside clients of now: it is told nothing of
// sealed groups, nothing breaks in it, and everything else works between them.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import { buildOlder } from '../support/older-build.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';

test('a client from before sealed groups is told nothing of them, and all else works with clients of now', async (t) => {
  const older = await buildOlder(t);
  if (older === undefined) return;
  const data = await temporaryFolder(t);
  let server = await startServerProgram(t, { args: ['--data', data] });
  const { port } = server.plain;
  const folders = new Map<string, string>();
  const folderOf = async (name: string): Promise<string> => {
    const folder = folders.get(name) ?? (await temporaryFolder(t));
    folders.set(name, folder);
    return folder;
  };
  const enter = async (name: string, program?: string): Promise<ChatProgram> => {
    const folder = await folderOf(name);
    const args = ['--data', join(folder, 'data'), '--downloads', folder];
    const place = `127.0.0.1:${port}`;
    const chat = await startChat(t, { server: place, name, args, ...(program && { program }) });
    chat.type('*all');
    await chat.shows('stdout', new RegExp(`^\\[.*\\b${name}\\b.*\\]$`, 'm'));
    return chat;
  };
  const alice = await enter('alice');
  const olga = await enter('olga', older);
  alice.type('/create_group lunch --sealed');
  await alice.tells(/group lunch is sealed/);
  alice.type('@@lunch nobody else reads this');
  await alice.prints('(sealed) [alice] nobody else reads this');
  olga.type('/join lunch');
  await olga.shows('stdout', /sealed/i);

  // An open group of each, with both in it.
  alice.type('/create_group tea --open');
  await alice.prints('group "tea" has been created!');
  olga.type('/create_group soup');
  await olga.prints('group "soup" has been created!');
  olga.type('/join tea');
  await olga.prints('you have successfully entered group "tea"');
  alice.type('/join soup');
  await alice.prints('you have successfully entered group "soup"');
  for (const [one, name, other] of [
    [alice, 'alice', olga],
    [olga, 'olga', alice],
  ] as const) {
    for (const place of ['@@tea', '@@soup', name === 'alice' ? '@olga' : '@alice']) {
      one.type(`${place} ${name} at ${place}`);
      await other.shows('stdout', new RegExp(`\\[${name}\\] ${name} at ${place}$`, 'm'));
    }
    one.type(`hello of ${name}`);
    await other.shows('stdout', new RegExp(`\\[${name}\\] hello of ${name}$`, 'm'));
  }
  // It keeps an open group from being sealed, by name.
  alice.type('/seal tea');
  await alice.tells(/: olga$/m);

  // Files, both ways.
  const offer = async (one: ChatProgram, name: string, other: ChatProgram, to: string) => {
    const file = join(await folderOf(name), `of-${name}.txt`);
    await writeFile(file, `a file of ${name}`);
    one.type(`/send_file @${to} ${file}`);
    await other.tells(new RegExp(`of-${name}\\.txt`));
    other.type('/accept');
    const saved = join(await folderOf(to), to);
    await eventually(
      async () => (await readdir(saved).catch(() => [] as string[])).includes(`of-${name}.txt`),
      `the file of ${name}`,
      () => `${one.stderr()}\n${other.stderr()}`,
    );
    assert.equal(await readFile(join(saved, `of-${name}.txt`), 'utf8'), `a file of ${name}`);
  };
  await offer(alice, 'alice', olga, 'olga');
  await offer(olga, 'olga', alice, 'alice');

  // What was missed comes after restarts of the server and of the client.
  await olga.eof();
  alice.type('@@lunch nobody reads this either');
  alice.type('@@soup while you were away');
  alice.type('@olga for you alone');
  await alice.prints('[alice] while you were away');
  await server.stop();
  server = await startServerProgram(t, { args: ['--data', data, '--port', String(port)] });
  await alice.tells(/connected again/);
  const again = await enter('olga', older);
  await again.shows('stdout', /\[alice\] for you alone$/m);
  await again.shows('stdout', /\[alice\] while you were away$/m);
  again.type('@@soup back');
  await alice.shows('stdout', /\[olga\] back$/m);
  const { code, stdout, stderr } = await again.eof();
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stdout + stderr, /lunch|nobody/);
  assert.doesNotMatch(olga.stdout() + olga.stderr(), /nobody/);
  assert.doesNotMatch(olga.stdout(), /invited you|@@lunch/);
});

// Files on the screen: bars while they move, in the conversation and in /files; accepted, declined, stopped.
import assert from 'node:assert/strict';
import { readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import { assertPanes, atBothSizes, openScene, typedIn, type Scene } from '../support/screen.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { keys } from '../support/terminal.ts';

/** alice, whom bob is writing to. */
async function friend(
  t: TestContext,
  { server, terminal }: Scene,
  args: readonly string[] = [],
): Promise<{ readonly alice: ChatProgram; readonly downloads: string }> {
  const downloads = await temporaryFolder(t);
  const alice = await startChat(t, {
    server: server.plain,
    name: 'alice',
    args: ['--downloads', downloads, ...args],
  });
  alice.type('@bob hello');
  await terminal.until((lines) => lines.some((line) => /alice +1/.test(line)), 'one of alice');
  terminal.type(keys.altA);
  await terminal.until((lines) => lines.some((line) => /◇.* hello/.test(line)), 'hello');
  return { alice, downloads };
}

atBothSizes(
  'a large file has a bar that moves, here and in /files, until it is stopped',
  async (t, size) => {
    const scene = await openScene(t, size);
    const { terminal } = scene;
    const { alice, downloads } = await friend(t, scene, ['--accept-up-to', '10GB']);
    const path = join(await temporaryFolder(t), 'big.bin');
    // It takes no room on the disk.
    await writeFile(path, '');
    await truncate(path, 3_000_000_000);
    terminal.type(`/send_file ${path}`, keys.enter);
    const bar = /↑ 1 {2}big\.bin {2}[█░]{4,24} {2}\d+ % of 3\.0 GB/;
    await terminal.until((lines) => lines.some((line) => bar.test(line)), 'a bar');
    const shares = (): string | undefined => /(\d+) % of/.exec(terminal.lines().join('\n'))?.[1];
    const first = shares();
    await terminal.until(() => shares() !== first, 'more of it');
    if (size.columns >= 100) assertPanes(terminal, 3);
    // The input stays whole below it, and the messages above.
    terminal.type('half a text');
    await terminal.shows('> half a text');
    alice.type('@bob it is coming');
    await terminal.shows('it is coming');
    terminal.type(keys.ctrlU, '/files', keys.enter);
    await terminal.shows('to alice');
    await terminal.until((lines) => lines.some((line) => bar.test(line)), 'a bar in the list');
    terminal.type('/cancel 1', keys.enter);
    await terminal.shows('you cancelled it');
    await terminal.until((lines) => !lines.some((line) => bar.test(line)), 'no bar');
    await terminal.until(() => typedIn(terminal) === '', 'an empty text');
    assert.deepEqual(await readdir(downloads), []);
  },
);

atBothSizes('a file is declined by its number, and its name draws nothing', async (t, size) => {
  const scene = await openScene(t, size);
  const { terminal } = scene;
  const { alice } = await friend(t, scene);
  const folder = await temporaryFolder(t);
  const evil = join(folder, 'a\u001B]0;title\u0007\u001B[31m\u202Egnp.txt');
  await writeFile(evil, 'x'.repeat(100));
  await writeFile(join(folder, 'second.txt'), 'y');
  terminal.type('/accept', keys.enter);
  await terminal.shows('»');
  terminal.type(keys.ctrlU);
  alice.type(`/send_file @bob ${evil}`);
  await terminal.shows('/accept 1 or /decline 1');
  alice.type(`/send_file @bob ${join(folder, 'second.txt')}`);
  await terminal.shows('second.txt (1 byte): /accept 2 or /decline 2');
  for (const sequence of [']0;title', '\u001B[31m', '\u202E']) {
    assert.ok(!terminal.raw.includes(sequence), JSON.stringify(sequence));
  }
  // There are two: the person must say which one.
  terminal.type('/decline', keys.enter);
  await terminal.shows('»');
  terminal.type(keys.ctrlU, '/decline 1', keys.enter);
  await terminal.until(
    (lines) => !lines.some((line) => line.includes('/accept 1 or')),
    'the first is gone',
  );
  terminal.type('/decline 2', keys.enter);
  await terminal.until((lines) => !lines.some((line) => line.includes('/accept 2 or')), 'both');
  await alice.tells(/second\.txt/);
});

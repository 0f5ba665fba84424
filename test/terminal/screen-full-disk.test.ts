// A device with a full disk: the screen stays and answers keys, and no text is lost.
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startServerProgram } from '../support/program.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** The largest file of `folder`, in blocks of 1024 bytes. */
async function largest(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  return Math.ceil(Math.max(...sizes) / 1024);
}

test('where the disk is full the screen stays, and what was said stands in the input, now and at the next start', async (t) => {
  const data = await temporaryFolder(t);
  const server = await startServerProgram(t, { args: ['--ping-interval', '0'] });
  const { host, port } = server.plain;
  const args = `chat --server ${host}:${port} --name bob --data '${data}'`;
  const chat = `helo ${args}`;
  // A file over the limit is refused as on a full disk, if the signal for it is ignored.
  const onFullDisk = `(trap '' XFSZ; ulimit -f "$blocks"; echo $BASHPID > '${data}/pid'; exec "\${program[@]}" ${args})`;
  const terminal = await openTerminal(
    t,
    `${chat}; ${chat}; echo over; read -r blocks; clear; ${onFullDisk}; stty sane; echo "ended with $?"; read -r line; clear; ${chat}`,
  );
  await terminal.shows('● connected');
  terminal.type('/quit', keys.enter);
  // At the second start the store is moved to the server's identity.
  await terminal.until((lines) => !lines.join().includes('● connected'), 'the first end');
  await terminal.shows('● connected');
  terminal.type('/quit', keys.enter);
  await terminal.shows('over');
  terminal.type(String((await largest(data)) + 16), keys.enter);
  await terminal.shows('● connected');
  const isFull = (): boolean =>
    terminal.lines().some((line) => line.includes('NOTHING IS KEPT OR SENT'));
  let last = '';
  for (let count = 0; count < 200 && !isFull(); count++) {
    last = `text ${count}.`;
    terminal.type(last, keys.enter);
    await terminal.until(
      (lines) => isFull() || lines.some((line) => line.includes(`${last} ✓`)),
      last,
    );
  }
  assert.ok(isFull());
  // The last text is on the disk, and its result was refused; or the text itself was, and comes into the input again.
  const typed = ' still here';
  const input = (): string =>
    terminal
      .lines()
      .findLast((line) => line.startsWith('>'))
      ?.slice('> '.length) ?? '';
  terminal.type(typed);
  await terminal.until(
    () => input() === typed || input() === `${last}${typed}`,
    'what is typed now',
  );
  process.kill(Number(await readFile(join(data, 'pid'), 'utf8')), 'SIGTERM');
  await terminal.shows('ended with');
  terminal.type(keys.enter);
  await terminal.until(
    (lines) =>
      input() === `${last}${typed}` ||
      (input() === typed && lines.some((line) => line.includes(`${last} ✓`))),
    'every text, sent or in the input, after a new start',
  );
});

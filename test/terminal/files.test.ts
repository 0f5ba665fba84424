// Files on a person's terminal: their progress is above the input, and never in it.
import { randomBytes } from 'node:crypto';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { enter, plainPlace } from '../files/stage.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { keys, openTerminal } from '../support/terminal.ts';

test('[7.11] how far a file is stands above the prompt; what is typed stays whole, and what was entered stays clean', async (t) => {
  const server = await startServerProgram(t);
  const bob = await enter(t, 'bob', plainPlace(server), ['--accept-up-to', '10GB']);
  const folder = await temporaryFolder(t);
  // Large enough to be seen; it takes no room.
  await writeFile(join(folder, 'big file.bin'), randomBytes(1000));
  await truncate(join(folder, 'big file.bin'), 3_000_000_000);
  const { host, port } = server.plain;
  const screen = await openTerminal(t, `helo chat --plain --server ${host}:${port} --name alice`);
  await screen.endsWith('>');
  bob.chat.type('@alice hello');
  await screen.shows('[bob] hello');
  screen.type(`/send_file @bob ${join(folder, 'big file.bin')}`, keys.enter);
  await screen.shows('sending big file.bin (3.0 GB) to bob; /cancel 1 stops it');
  await screen.until(
    (lines) =>
      /^(reading )?big file\.bin.*: \d+ % of 3\.0 GB, \S+ .B\/s, \S+ left$/.test(
        lines.at(-2) ?? '',
      ),
    'how far it is',
  );
  // The input is below it, through any number of redraws, and others' messages are above both.
  screen.type('what a long text this');
  bob.chat.type('go on');
  await screen.shows('[bob] go on');
  await screen.until((lines) => {
    const [status, input] = lines.slice(-2);
    return input === '> what a long text this' && / % of 3\.0 GB/.test(status ?? '');
  }, 'the status above the input');
  assert.deepEqual(screen.cursor()[0], '> what a long text this'.length);
  screen.type(keys.left, keys.left, keys.left, keys.left, 'was ', keys.enter);
  await bob.chat.prints('[alice] what a long text was this');
  await screen.until(
    (lines) => lines.some((line) => line === '> what a long text was this'),
    'the line that was entered',
  );
  screen.type('/cancel', keys.enter);
  await screen.shows('was not delivered to bob');
  await screen.endsWith('>');
  // It disappears when there is no progress, and entered lines do not keep it.
  assert.deepEqual(
    screen.lines().filter((line) => /^(reading )?big file.* % /.test(line)),
    [],
  );
  // In a narrow window it is cut, not broken into rows.
  screen.resize(40, 20);
  screen.type(`/send_file @bob ${join(folder, 'big file.bin')}`, keys.enter);
  await screen.until((lines) => {
    const [status, input] = lines.slice(-2);
    return input === '>' && /^(reading )?big file\.bin.*: \d+ % of/.test(status ?? '');
  }, 'the status in a narrow window');
  screen.type('/files', keys.enter);
  await screen.shows('2  big file.bin (3.0 GB) to bob:');
  screen.type('/cancel', keys.enter);
  await screen.until((lines) => lines.join(' ').includes('you cancelled it'), 'the end');
  screen.type('q', keys.enter);
  assert.equal(await screen.ended, 0);
});

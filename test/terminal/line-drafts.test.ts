// Unsent text at the prompt of --plain survives however the program ends.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { eventually } from '../support/time-limit.ts';

async function keptIn(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const texts = files
    .filter((file) => file.startsWith('drafts') && file.endsWith('.json'))
    .map((file) => readFile(join(folder, file), 'utf8').catch(() => ''));
  return (await Promise.all(texts)).join('');
}

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`lines: what was being typed is there again after ${signal}, and goes when it is sent`, async (t) => {
    const data = await temporaryFolder(t);
    const server = await startServerProgram(t, { args: ['--ping-interval', '0'] });
    const eve = await connectLines(t, server.plain);
    eve.send('HELO eve');
    await eve.next();
    await eve.next();
    const { host, port } = server.plain;
    const chat = `chat --plain --server ${host}:${port} --name bob --data '${data}'`;
    const killed = `(echo $BASHPID > '${data}/pid'; exec "\${program[@]}" ${chat})`;
    const terminal = await openTerminal(
      t,
      `${killed}; stty sane; clear; echo over; read -r line; helo ${chat}`,
    );
    await terminal.shows('/help');
    await terminal.endsWith('>');
    terminal.type('half a thought');
    // Killed: it is on the disk before. Ended: it is written at the end.
    if (signal === 'SIGKILL')
      await eventually(async () => (await keptIn(data)).includes('half a thought'), 'the draft');
    else await terminal.endsWith('> half a thought');
    process.kill(Number(await readFile(join(data, 'pid'), 'utf8')), signal);
    await terminal.shows('over');
    assert.match(await keptIn(data), /half a thought/);
    terminal.type(keys.enter);
    await terminal.endsWith('* what you had begun to write stands there again', '> half a thought');
    terminal.type(' and the rest', keys.enter);
    await eve.expect('BCST [bob] half a thought and the rest');
    await eventually(async () => !(await keptIn(data)).includes('thought'), 'no draft');
  });
}

test('lines: a code that is asked for is not kept as a draft', async (t) => {
  const data = await temporaryFolder(t);
  const server = await startServerProgram(t, { args: ['--registration', 'invite'] });
  const { host, port } = server.plain;
  const chat = `helo chat --plain --server ${host}:${port} --name bob --data '${data}'`;
  const terminal = await openTerminal(t, `${chat}; echo "ended with $?"`);
  await terminal.shows('type your code');
  terminal.type('abcdef-ghijkl');
  await terminal.endsWith('> abcdef-ghijkl');
  terminal.type(keys.ctrlC);
  await terminal.shows('ended with 130');
  assert.equal(await keptIn(data), '');
});

test('lines: what was cleared is no draft any more', async (t) => {
  const data = await temporaryFolder(t);
  const { plain } = await startServerProgram(t);
  const chat = `helo chat --plain --server ${plain.host}:${plain.port} --name bob --data '${data}'`;
  const terminal = await openTerminal(t, `${chat}; echo "ended with $?"`);
  await terminal.shows('/help');
  await terminal.endsWith('>');
  terminal.type('not this');
  await eventually(async () => (await keptIn(data)).includes('not this'), 'the draft');
  terminal.type(keys.ctrlC);
  await eventually(async () => (await keptIn(data)) === '', 'no draft');
  terminal.type('q', keys.enter);
  await terminal.shows('ended with 0');
  assert.equal(await keptIn(data), '');
});

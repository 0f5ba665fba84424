// Unsent text survives however the program ends.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startServerProgram } from '../support/program.ts';
import { connectLines } from '../support/line-client.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';

async function keptIn(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const texts = files
    .filter((file) => file.startsWith('drafts') && file.endsWith('.json'))
    .map((file) => readFile(join(folder, file), 'utf8').catch(() => ''));
  return (await Promise.all(texts)).join('');
}

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`what was being typed is there again after ${signal}, however the address is spelled, and goes when it is sent`, async (t) => {
    const data = await temporaryFolder(t);
    const server = await startServerProgram(t, { args: ['--ping-interval', '0'] });
    const eve = await connectLines(t, server.plain);
    eve.send('HELO eve');
    await eve.next();
    await eve.next();
    const chatAt = (host: string) =>
      `chat --server ${host}:${server.plain.port} --name bob --data '${data}'`;
    const killed = `(echo $BASHPID > '${data}/pid'; exec "\${program[@]}" ${chatAt(server.plain.host)})`;
    const terminal = await openTerminal(
      t,
      `${killed}; stty sane; printf '\\033[?1049l\\033c'; echo over; read -r line; helo ${chatAt('localhost')}`,
    );
    await terminal.shows('● connected');
    terminal.type('half a thought');
    await eventually(async () => (await keptIn(data)).includes('half a thought'), 'the draft');
    process.kill(Number(await readFile(join(data, 'pid'), 'utf8')), signal);
    await terminal.shows('over');
    terminal.type(keys.enter);
    await terminal.until(
      (lines) => lines.some((line) => line.includes('● connected')) && terminal.isAlternate,
      'the second start',
    );
    await terminal.shows('> half a thought');
    terminal.type(' and the rest', keys.enter);
    await eve.expect('BCST [bob] half a thought and the rest');
    await eventually(async () => !(await keptIn(data)).includes('thought'), 'no draft');
  });
}

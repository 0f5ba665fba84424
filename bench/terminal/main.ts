// Measures the full screen for a person with an account: the real program in a pseudo-terminal, beside a real server,
// while others talk, and on a device with a long history. Prints a table as in docs/PERFORMANCE.md; exits with 3 if a
// goal is missed. Needs a build. Usage: npm run bench:terminal [-- --write] [--messages N] [--only live|past]

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeTable } from '../report/document.ts';
import { fillDevice } from './device.ts';
import { isMissed, tableOf, type Row } from '../report/figures.ts';
import { firstFrames, memory, underLoad } from './live.ts';
import { jumping, paging, searching } from './past.ts';
import { startServer, type Server } from './program.ts';

const { values: flags } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    messages: { type: 'string', default: '1000000' },
    only: { type: 'string' },
  },
});
const count = Number(flags.messages);

/** Runs `measure` with a server and folders of its own. */
async function inPlace(
  measure: (server: Server, home: string) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const home = await mkdtemp(join(tmpdir(), 'helo-bench-'));
  const server = await startServer(home);
  try {
    return await measure(server, home);
  } finally {
    server.child.kill();
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** While others write, on a new device. */
async function live(server: Server, home: string): Promise<readonly Row[]> {
  say('a new device, while others talk');
  return [
    ...(await firstFrames(server, home, '')),
    ...(await underLoad(server, home, [80, 24])),
    ...(await underLoad(server, home, [200, 50])),
    ...(await memory(server, home)),
  ];
}

/** On a device with a long history. */
async function past(server: Server, home: string): Promise<readonly Row[]> {
  say(`a device with ${count} messages`);
  const filled = await fillDevice(server, home, count);
  say(`written in ${filled.seconds.toFixed(0)} s`);
  return [
    { what: 'on the disk, for a message', value: filled.bytes / count, unit: 'bytes' },
    ...(await firstFrames(server, home, ` with ${count.toLocaleString('en')} messages`)),
    ...(await searching(server, home)),
    ...(await jumping(server, home)),
    ...(await paging(server, home, count)),
  ];
}

const rows = [
  ...(flags.only === 'past' ? [] : await inPlace(live)),
  ...(flags.only === 'live' ? [] : await inPlace(past)),
];
const table = tableOf(rows);
console.log(table);
if (flags.write) await writeTable(table, 'bench:terminal');
process.exitCode = rows.some(isMissed) ? 3 : 0;

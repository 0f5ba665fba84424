// Measures the page: a real server, and Debian's Chromium without a screen. Prints a table as in docs/PERFORMANCE.md; exits
// with 3 if a goal is missed. Usage: npm run bench:page [-- --write] [--messages N] [--file-mib N] [--only NAME,...]

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { writeTable } from '../report/document.ts';
import { isMissed, tableOf, type Row } from '../report/figures.ts';
import { startBrowser, startServer, type Server } from './browser.ts';
import { files } from './files.ts';
import { bursts, invited, longHistory, paints, sealing, weights } from './measures.ts';

const { values: flags } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    messages: { type: 'string', default: '100000' },
    'file-mib': { type: 'string', default: '256' },
    only: { type: 'string' },
  },
});

type Measure = (browser: Browser, server: Server) => Promise<readonly Row[]>;

const measures: Readonly<Record<string, Measure>> = {
  weights,
  paints,
  invited,
  bursts,
  history: (browser, server) => longHistory(browser, server, Number(flags.messages)),
  sealing,
  files: (_, server) => files(server, Number(flags['file-mib'])),
};
const names = flags.only?.split(',') ?? Object.keys(measures);

const rows: Row[] = [];
for (const name of names) {
  const measure = measures[name];
  if (measure === undefined) throw new Error(`there are ${Object.keys(measures).join(', ')}`);
  process.stderr.write(`${name}\n`);
  const home = await mkdtemp(join(tmpdir(), 'helo-bench-'));
  const server = await startServer(home);
  const browser = await startBrowser();
  try {
    rows.push(...(await measure(browser, server)));
  } finally {
    await browser.close();
    server.child.kill();
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}
const table = tableOf(rows);
console.log(table);
if (flags.write) await writeTable(table, 'bench:page');
process.exitCode = rows.some(isMissed) ? 3 : 0;

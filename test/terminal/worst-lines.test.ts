// A guest may send the worst possible line: a person at the full screen or in line mode can still type, also after a
// restart, when the history contains it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServerProgram } from '../support/program.ts';
import { connectLines } from '../support/line-client.ts';
import { keys, openTerminal, type TestTerminal } from '../support/terminal.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { patience } from '../support/time-limit.ts';

const most = 64_000;
const filled = (part: string): string =>
  part.repeat(Math.floor(most / new TextEncoder().encode(part).length));

const worst = [
  `http://${'.'.repeat(16_000)}x`,
  filled('a'),
  filled('https://x.yz/a '),
  filled('http://a/(b)('),
  filled('\u0301'),
  filled('👩\u200D'),
  filled('日本語'),
  filled('a '),
  filled('@bob '),
];

/** A frozen client takes seconds for each of these, a busy machine some hundred milliseconds for all. */
const mostMs = 2_000 * patience;

/** How long it takes until typed text is shown. */
async function answers(terminal: TestTerminal, text: string): Promise<void> {
  const start = performance.now();
  terminal.type(text);
  await terminal.shows(`> ${text}`);
  const ms = performance.now() - start;
  assert.ok(ms < mostMs, `a key took ${ms.toFixed(0)} ms`);
  terminal.type(keys.ctrlU);
  await terminal.until((lines) => !lines.some((line) => line.includes(`> ${text}`)), 'no text');
}

for (const mode of ['', '--plain'] as const) {
  test(`the worst lines of a guest keep nobody from typing, also after a new start ${mode}`, async (t) => {
    const data = await temporaryFolder(t);
    const server = await startServerProgram(t, {
      args: ['--ping-interval', '0', '--guests', 'on'],
    });
    const { host, port } = server.plain;
    const chat = `helo chat --server ${host}:${port} --name bob --data '${data}' ${mode}`;
    const terminal = await openTerminal(
      t,
      `${chat}; stty sane; clear; echo over; read -r line; clear; ${chat}`,
    );
    await terminal.shows('connected');
    const eve = await connectLines(t, server.plain);
    eve.send('HELO eve');
    await eve.next();
    await eve.next();
    for (const [index, line] of worst.entries()) {
      eve.send(`BCST ${line}`);
      await eve.expect(`+OK BCST ${line}`);
      eve.send(`BCST mark ${index}.`);
      await eve.expect(`+OK BCST mark ${index}.`);
      await terminal.shows(`mark ${index}.`);
      await answers(terminal, `key${index}`);
    }
    terminal.type('/quit', keys.enter);
    await terminal.shows('over');
    terminal.type(keys.enter);
    await terminal.shows('connected');
    await terminal.shows(`mark ${worst.length - 1}.`);
    await answers(terminal, 'again');
  });
}

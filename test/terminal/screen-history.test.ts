// A long history: finding something far back, going there, and moving on in both directions, while others write.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { keepHistory } from '../support/device-history.ts';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { startServerProgram } from '../support/program.ts';
import { sizes } from '../support/screen.ts';
import { temporaryFolder } from '../support/temporary.ts';
import {
  keys,
  openTerminal,
  type TerminalOptions,
  type TestTerminal,
} from '../support/terminal.ts';

const minuteMs = 60_000;
const begun = Date.parse('2026-01-05T12:00:00Z');

interface Long {
  readonly terminal: TestTerminal;
  readonly eve: LineClient;
  readonly home: string;
  /** Starts bob's program again. */
  readonly start: () => Promise<TestTerminal>;
}

/** bob, who has left a group of gardeners with `count` messages, and eve, who writes in the lobby. */
async function openLong(t: TestContext, count: number, size: TerminalOptions): Promise<Long> {
  const server = await startServerProgram(t, { args: ['--ping-interval', '0'] });
  const { host, port } = server.plain;
  const home = await temporaryFolder(t);
  const said = Array.from({ length: count }, (_, index) => ({
    from: index % 2 === 0 ? 'alice' : 'carol',
    text: index % 1000 === 6 ? `entry ${index + 1}, a rare orchid` : `entry ${index + 1}, words`,
    at: begun + index * minuteMs,
  }));
  const device = { dataHome: home, server: `${host}:${port}`, user: 'bob' };
  await keepHistory(device, 'gardeners', said);
  const eve = await connectLines(t, server.plain);
  eve.send('HELO eve');
  await eve.next();
  await eve.next();
  const env = { XDG_DATA_HOME: home, TZ: 'UTC' };
  const start = async (): Promise<TestTerminal> => {
    const command = `helo chat --server ${host}:${port} --name bob`;
    const terminal = await openTerminal(t, command, { ...size, env });
    await terminal.shows('● connected');
    return terminal;
  };
  return { terminal: await start(), eve, home, start };
}

/** The numbers of the messages on the screen, from the top. */
function numbers(terminal: TestTerminal): number[] {
  return terminal
    .lines()
    .map((line) => /entry (\d+),/.exec(line)?.[1])
    .filter((number) => number !== undefined)
    .map(Number);
}

/** Whether they are consecutive, none missing and none twice. */
function isWhole(shown: readonly number[]): boolean {
  return shown.every((number, index) => number === (shown[0] ?? 0) + index);
}

/** Waits until other messages are on the screen, and none is missing between them. A frame may arrive in pieces. */
async function turn(terminal: TestTerminal, key: string): Promise<readonly number[]> {
  const before = numbers(terminal).join();
  terminal.type(key);
  await terminal.until(() => {
    const shown = numbers(terminal);
    return shown.join() !== before && isWhole(shown);
  }, `another page than ${before}`);
  return numbers(terminal);
}

for (const size of sizes) {
  const at = `${size.columns}x${size.rows}`;

  test(`${at}: from what was found far back one goes on in both directions`, async (t) => {
    const { terminal } = await openLong(t, 30_000, size);
    terminal.type('/search orch', keys.enter);
    await terminal.shows('entry 29007, a rare orchid');
    // Newest first. Typing narrows it.
    const first = numbers(terminal);
    assert.deepEqual(first.slice(0, 2), [29_007, 28_007]);
    terminal.type(' rare from:carol');
    await terminal.shows('Nothing was found');
    terminal.type(keys.ctrlW, 'in:#nowhere');
    await terminal.shows('There is no conversation #nowhere');
    terminal.type(keys.ctrlW, 'in:#gardeners from:alice 7');
    await terminal.until(
      () => numbers(terminal).join() === '7007,7',
      'the only two whose number begins with a 7',
    );
    terminal.type(keys.down, keys.enter);
    await terminal.shows('Esc to the newest');
    await terminal.shows('entry 7, a rare orchid');
    await terminal.until(() => isWhole(numbers(terminal)), 'entries without a gap');
    const page = numbers(terminal).length;
    let [top = 0] = numbers(terminal);
    while (top > 1) [top = 0] = await turn(terminal, keys.pageUp);
    await terminal.shows('Monday, 5 January 2026');
    // Down again, over more than was read at first.
    for (let last = 0; last < 700;) last = (await turn(terminal, keys.pageDown)).at(-1) ?? 0;
    assert.ok(page > 10);
    terminal.type(keys.escape);
    await terminal.shows('entry 30000, words');
    assert.ok(!terminal.lines().join('\n').includes('Esc to the newest'));
  });

  test(`${at}: what is said while one looks further back is counted, and marked when one returns`, async (t) => {
    const { terminal, eve, start } = await openLong(t, 10, size);
    eve.send('BCST the first of all');
    for (let number = 1; number <= 900; number++) eve.send(`BCST entry ${number}, said`);
    await terminal.shows('entry 900, said');
    terminal.type('/quit', keys.enter);
    await terminal.ended;
    const again = await start();
    await again.shows('entry 900, said');
    again.type('/search of all in:lobby', keys.enter);
    await again.shows('eve: the first of all');
    again.type(keys.enter);
    await again.shows('Esc to the newest');
    await again.until(() => isWhole(numbers(again)), 'entries without a gap');
    eve.send('BCST said meanwhile');
    await again.shows('1 new below');
    assert.ok(!again.lines().join('\n').includes('said meanwhile'));
    again.type(keys.escape);
    await again.shows('said meanwhile');
    const rows = again.lines().map((line) => line.replace(/^[^│]*│/, ''));
    const unread = rows.findIndex((row) => row.includes('━ unread ━'));
    assert.match(rows[unread - 1] ?? '', /entry 900, said/);
    assert.match(rows[unread + 1] ?? '', /said meanwhile/);
    // An own message is at the end, wherever one looked.
    again.type('/search of all in:lobby', keys.enter);
    await again.shows('eve: the first of all');
    again.type(keys.enter);
    await again.shows('Esc to the newest');
    again.type('my own words', keys.enter);
    await again.shows('my own words ✓');
    await again.shows('said meanwhile');
  });
}

test('everything can be exported, however long it is', async (t) => {
  const { terminal, home } = await openLong(t, 3_000, { columns: 80, rows: 24 });
  terminal.type(keys.ctrlN);
  await terminal.shows('entry 3000, words');
  const path = join(home, 'gardeners.txt');
  terminal.type(`/export ${path}`, keys.enter);
  await terminal.shows('written to');
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  assert.equal(lines.length, 3_000);
  assert.match(
    lines[0] ?? '',
    /^2026-01-05T12:00:00\.000Z \[alice\] \(not encrypted\) entry 1, words$/,
  );
  lines.forEach((line, index) => assert.ok(line.includes(`entry ${index + 1},`)));
});

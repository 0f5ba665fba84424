// bob at the full screen, and eve at netcat, in the same chat, with assertions for both sizes.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { connectLines, type LineClient } from './line-client.ts';
import { startServerProgram, type ServerProgram } from './program.ts';
import { keys, openTerminal, type TerminalOptions, type TestTerminal } from './terminal.ts';

/** The most common size, and one with room for everything. */
export const sizes = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
] as const;

export type Size = (typeof sizes)[number];

/** Two tests with one body: the same holds for a small and a large screen. */
export function atBothSizes(
  name: string,
  body: (t: TestContext, size: Size) => Promise<void>,
): void {
  for (const size of sizes) {
    test(`${name}, at ${size.columns}x${size.rows}`, (t) => body(t, size));
  }
}

let turns = 0;

/** What does not depend on the size: the tests of a file are tried on a small and a large screen by turns. */
export function atOneSize(name: string, body: (t: TestContext, size: Size) => Promise<void>): void {
  const size = sizes[turns % 2] ?? sizes[0];
  turns += 1;
  test(`${name}, at ${size.columns}x${size.rows}`, (t) => body(t, size));
}

export interface Scene {
  readonly server: ServerProgram;
  readonly terminal: TestTerminal;
  readonly eve: LineClient;
}

export interface SceneOptions extends TerminalOptions {
  /** Commands of the shell before and after. */
  readonly before?: string;
  readonly after?: string;
  readonly args?: string;
  readonly serverArgs?: readonly string[];
}

/** Logs eve in, then bob, and waits for his screen. */
export async function openScene(t: TestContext, options: SceneOptions = {}): Promise<Scene> {
  const {
    before = 'echo before',
    after = 'echo "ended with $?"',
    args = '',
    serverArgs = [],
    ...rest
  } = options;
  const server = await startServerProgram(t, { args: ['--ping-interval', '0', ...serverArgs] });
  const eve = await connectLines(t, server.plain);
  eve.send('HELO eve');
  await eve.next();
  await eve.next();
  const { host, port } = server.plain;
  const chat = `helo chat --server ${host}:${port} --name bob ${args}`;
  const terminal = await openTerminal(t, `${before}; ${chat}; ${after}`, {
    columns: 80,
    rows: 24,
    ...rest,
  });
  await terminal.shows('● connected');
  return { server, terminal, eve };
}

/** The typed text, without the prompt: the rows below the status row. */
export function typedIn(terminal: TestTerminal): string {
  const lines = terminal.lines();
  const status = lines.findLastIndex((line) => /F\d+ help/.test(line));
  return lines
    .slice(status + 1)
    .map((line) => line.slice(2))
    .join('\n')
    .trimEnd();
}

/** Pages back until `text` is shown. It waits for each page, because the one before is read from the disk meanwhile. */
export async function pageUpTo(terminal: TestTerminal, text: string): Promise<void> {
  const top = (): string => terminal.lines()[1] ?? '';
  while (!terminal.lines().some((line) => line.includes(text))) {
    const before = top();
    terminal.type(keys.pageUp);
    await terminal.until(() => top() !== before, `a page before ${before}`);
  }
}

/** The text of the messages' pane, in one line however it is broken. */
export function messagesOf(terminal: TestTerminal): string {
  const pane = terminal.lines().map((line) => line.split('│')[1] ?? '');
  return pane.join(' ').replaceAll(/\s+/g, ' ');
}

/** Waits until the messages contain this text, however they are broken into rows. */
export function reads(terminal: TestTerminal, text: string): Promise<void> {
  return terminal.until(() => messagesOf(terminal).includes(text), text);
}

/** Shows the people if there is no room for them by default. */
export function showPeople(terminal: TestTerminal, { columns }: Pick<Size, 'columns'>): void {
  if (columns < 100) terminal.type(keys.f8);
}

/** Asserts that there are this many panes beside each other, with borders in the same columns from top to bottom. */
export function assertPanes(terminal: TestTerminal, count: number): void {
  const borders = terminal
    .cells()
    .slice(1)
    .map((row) => row.flatMap((cell, column) => (cell === '│' ? [column] : [])).join())
    .filter((columns) => columns !== '');
  // The last such row is the status row, in which the sign is between words.
  const [first = '', ...others] = borders.slice(0, -1);
  assert.ok(others.length > 3);
  assert.equal(first.split(',').length, count - 1, terminal.lines().join('\n'));
  assert.deepEqual(new Set(others), new Set([first]), terminal.lines().join('\n'));
}

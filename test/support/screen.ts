// bob at the full screen, and eve at netcat, in the same chat.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { connectLines, type LineClient } from './line-client.ts';
import { startServerProgram, type ServerProgram } from './program.ts';
import { openTerminal, type TerminalOptions, type TestTerminal } from './terminal.ts';

export const sizes = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
] as const;

export interface Scene {
  readonly server: ServerProgram;
  readonly terminal: TestTerminal;
  readonly eve: LineClient;
}

export interface SceneOptions extends TerminalOptions {
  /** What the shell does before and after. */
  readonly before?: string;
  readonly after?: string;
  readonly args?: string;
  readonly serverArgs?: readonly string[];
}

/** Logs eve in, then bob, and waits until his screen is there. */
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

/** What is typed, without the prompt: the rows below the status row. */
export function typedIn(terminal: TestTerminal): string {
  const lines = terminal.lines();
  const status = lines.findLastIndex((line) => /F\d+ help/.test(line));
  return lines
    .slice(status + 1)
    .map((line) => line.slice(2))
    .join('\n')
    .trimEnd();
}

/** Asserts that the border right of the conversations stands in one column, in every row of the panes. */
export function assertBorders(terminal: TestTerminal): void {
  const panes = terminal
    .cells()
    .slice(1)
    .filter((row) => row.includes('│'));
  assert.ok(panes.length > 3);
  const columns = new Set(panes.slice(0, -1).map((row) => row.indexOf('│')));
  assert.equal(columns.size, 1, terminal.lines().join('\n'));
}

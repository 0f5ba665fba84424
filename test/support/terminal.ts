// A person's terminal: a pseudo-terminal with a program in it, and a screen that understands what the program draws.
// Tests type keys and read the screen, as a person does.
import headless from '@xterm/headless';
import { spawn, type IPty } from '@lydell/node-pty';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ownEnvironment, script } from './program.ts';
import { withinLimit } from './time-limit.ts';

export const keys = {
  enter: '\r',
  tab: '\t',
  up: '\u001B[A',
  down: '\u001B[B',
  left: '\u001B[D',
  home: '\u001B[H',
  end: '\u001B[F',
  altLeft: '\u001B[1;3D',
  altRight: '\u001B[1;3C',
  ctrlLeft: '\u001B[1;5D',
  shiftTab: '\u001B[Z',
  backspace: '\u007F',
  escape: '\u001B',
  pageUp: '\u001B[5~',
  pageDown: '\u001B[6~',
  f2: '\u001BOQ',
  f5: '\u001B[15~',
  f6: '\u001B[17~',
  ctrlO: '\u000F',
  f1: '\u001BOP',
  f7: '\u001B[18~',
  f8: '\u001B[19~',
  altA: '\u001Ba',
  altB: '\u001Bb',
  altF: '\u001Bf',
  altM: '\u001Bm',
  altN: '\u001Bn',
  altP: '\u001Bp',
  altS: '\u001Bs',
  altU: '\u001Bu',
  altEnter: '\u001B\r',
  ctrlG: '\u0007',
  ctrlK: '\u000B',
  ctrlL: '\u000C',
  ctrlN: '\u000E',
  ctrlP: '\u0010',
  ctrlR: '\u0012',
  ctrlT: '\u0014',
  ctrlUnderscore: '\u001F',
  ctrlX: '\u0018',
  ctrlA: '\u0001',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  ctrlU: '\u0015',
  ctrlW: '\u0017',
  ctrlY: '\u0019',
  ctrlZ: '\u001A',
} as const;

const frameBegin = '\u001B[?2026h';
const frameEnd = '\u001B[?2026l';

/** How much of `text` can be shown without showing a part of a frame. */
function wholeFrames(text: string): number {
  const begin = text.lastIndexOf(frameBegin);
  if (begin > text.lastIndexOf(frameEnd)) return begin;
  // The beginning itself may arrive in pieces.
  const escape = text.lastIndexOf('\u001B');
  return escape >= 0 && frameBegin.startsWith(text.slice(escape)) ? escape : text.length;
}

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export class TestTerminal {
  readonly #pty: IPty;
  readonly #screen: headless.Terminal;
  /** Every byte that the program drew. */
  raw = '';
  /** Resolves when the program has ended, with its exit code, or the negative number of the signal. */
  readonly ended: Promise<number>;
  #changed: () => void = () => {};
  /** Received, and not on the screen yet. */
  #unseen = '';
  #isShowing = false;

  constructor(pty: IPty, columns: number, rows: number) {
    this.#pty = pty;
    this.#screen = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
    pty.onData((text) => {
      this.raw += text;
      this.#unseen += text;
      this.#show();
    });
    // Queries of the program (cursor position and such) are answered as by a real terminal.
    this.#screen.onData((answer) => pty.write(answer));
    this.ended = new Promise((resolve) =>
      pty.onExit(({ exitCode, signal }) => resolve(signal ? -signal : exitCode)),
    );
  }

  /**
   * Output is shown frame by frame, as by a terminal that supports synchronised output: half a frame is never seen.
   * Waiting tests check before the next one is shown.
   */
  #show(): void {
    const end = wholeFrames(this.#unseen);
    if (this.#isShowing || end === 0) return;
    const text = this.#unseen.slice(0, end);
    this.#unseen = this.#unseen.slice(end);
    this.#isShowing = true;
    this.#screen.write(text, () => {
      this.#changed();
      setImmediate(() => {
        this.#isShowing = false;
        this.#show();
      });
    });
  }

  type(...texts: readonly string[]): void {
    for (const text of texts) this.#pty.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** The window is closed: the terminal is gone, and the system tells the programs in it. */
  closeWindow(): void {
    // node-pty has it on every system, and declares it on none.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    (this.#pty as IPty & { destroy(): void }).destroy();
  }

  /** The shell is told that the window is closed. */
  hangUp(): void {
    this.#pty.kill('SIGHUP');
  }

  /** The lines on the screen, without blanks at their ends and without empty lines at the bottom. */
  lines(): string[] {
    const buffer = this.#screen.buffer.active;
    const lines: string[] = [];
    for (let row = 0; row < this.#screen.rows; row++) {
      lines.push(
        buffer
          .getLine(buffer.baseY + row)
          ?.translateToString(true)
          .trimEnd() ?? '',
      );
    }
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** The lines on the screen by column: a wide character takes two cells, the second of them empty. */
  cells(): string[][] {
    const buffer = this.#screen.buffer.active;
    return Array.from({ length: this.#screen.rows }, (_, row) => {
      const line = buffer.getLine(buffer.baseY + row);
      return Array.from(
        { length: this.#screen.cols },
        (_, column) => line?.getCell(column)?.getChars() ?? '',
      );
    });
  }

  /** Whether a program has the alternate screen. */
  get isAlternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  /** Column and row of the cursor, from 0. */
  cursor(): readonly [column: number, row: number] {
    const { cursorX, cursorY } = this.#screen.buffer.active;
    return [cursorX, cursorY];
  }

  /** Waits until the last lines on the screen are these. */
  async endsWith(...expected: readonly string[]): Promise<void> {
    await this.#until(
      () => this.lines().slice(-expected.length).join('\n') === expected.join('\n'),
      `the last lines\n${expected.join('\n')}`,
    );
  }

  /** Waits until some text is on the screen. */
  async shows(text: string): Promise<void> {
    await this.#until(() => this.lines().join('\n').includes(text), text);
  }

  /** Waits until `isSo` is true for the lines on the screen. */
  async until(isSo: (lines: readonly string[]) => boolean, what: string): Promise<void> {
    await this.#until(() => isSo(this.lines()), what);
  }

  async #until(isSo: () => boolean, what: string): Promise<void> {
    const wait = async () => {
      while (!isSo()) await new Promise<void>((resolve) => (this.#changed = resolve));
    };
    await withinLimit(wait(), what, () => `The screen:\n${this.lines().join('\n')}`);
  }
}

/**
 * Runs a shell command in a terminal of its own. `helo` in it is the program under test, which `exec` knows as
 * `"${program[@]}"`.
 */
export async function openTerminal(
  t: TestContext,
  command: string,
  { columns = 80, rows = 24, env = {} }: TerminalOptions = {},
): Promise<TestTerminal> {
  const home = await mkdtemp(join(tmpdir(), 'helo-home-'));
  const program = `program=('${process.execPath}' '${script()}'); helo() { "\${program[@]}" "$@"; }`;
  const pty = spawn('/bin/bash', ['--norc', '-c', `${program}; ${command}`], {
    cols: columns,
    rows,
    cwd: home,
    env: {
      ...ownEnvironment(),
      TERM: 'xterm-256color',
      LC_ALL: 'C.UTF-8',
      HOME: home,
      XDG_DATA_HOME: join(home, 'data'),
      XDG_CONFIG_HOME: join(home, 'config'),
      ...env,
    },
  });
  const terminal = new TestTerminal(pty, columns, rows);
  t.after(async () => {
    pty.kill('SIGKILL');
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  });
  return terminal;
}

// Measures the full screen as a person meets it: the real program in a pseudo-terminal, beside a real server. From
// pressing Enter to the first frame; the processor time while others talk; how long a key takes to be seen meanwhile;
// the memory that a long conversation takes. Needs a build. Usage: npm run bench:terminal
import { spawn, type IPty } from '@lydell/node-pty';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { spawn as spawnProcess, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../dist/cli/helo.js', import.meta.url));
const starts = 15;
const loadSeconds = 15;
const linesPerSecond = 200;
const keystrokes = 200;
const longConversation = 100_000;
/** Of the kernel's clock, in which it counts processor time: USER_HZ is 100 on Linux. */
const ticksPerSecond = 100;

class Screen {
  readonly pty: IPty;
  #output = '';
  #seen: () => void = () => {};

  constructor(port: number, home: string, columns: number, rows: number) {
    this.pty = spawn(
      process.execPath,
      [program, 'chat', '--server', `127.0.0.1:${port}`, '--name', 'bob', '--guest'],
      {
        cols: columns,
        rows,
        env: {
          ...process.env,
          HOME: home,
          XDG_DATA_HOME: join(home, 'data'),
          TERM: 'xterm-256color',
        },
      },
    );
    this.pty.onData((text) => {
      this.#output = (this.#output + text).slice(-200_000);
      this.#seen();
    });
  }

  forget(): void {
    this.#output = '';
  }

  async shows(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      await new Promise<void>((resolve) => (this.#seen = resolve));
    }
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.pty.onExit(resolve));
    this.pty.kill('SIGKILL');
    await ended;
  }
}

async function startServer(
  home: string,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const flags = [
    'serve',
    '--port',
    '0',
    '--tls-port',
    'off',
    '--ping-interval',
    '0',
    '--limits',
    'off',
  ];
  const child = spawnProcess(
    process.execPath,
    [program, ...flags, '--data', join(home, 'server')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    const port = /plain text +\S+:(\d+) /.exec(text)?.[1];
    if (port !== undefined && text.includes('Stop with')) return { child, port: Number(port) };
  }
  throw new Error('the server did not start');
}

async function speaker(port: number, name: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.resume();
  socket.write(`HELO ${name}\n`);
  return socket;
}

async function firstFrames(port: number, home: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let start = 0; start < starts; start++) {
    const began = performance.now();
    const screen = new Screen(port, home, 80, 24);
    await screen.shows('F1 help');
    times.push(performance.now() - began);
    await screen.end();
  }
  return times;
}

/** Processor time and resident memory of a process. */
async function usage(pid: number): Promise<{ readonly cpuMs: number; readonly rssMb: number }> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const rss = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuMs: (ticks / ticksPerSecond) * 1000, rssMb: Number(rss) / 1024 };
}

async function underLoad(
  port: number,
  home: string,
  [columns, rows]: readonly [number, number],
): Promise<{ readonly share: number; readonly keys: readonly number[] }> {
  const screen = new Screen(port, home, columns, rows);
  await screen.shows('● connected');
  const eve = await speaker(port, `eve${columns}`);
  let said = 0;
  const every = 10;
  const timer = setInterval(() => {
    for (let line = 0; line < (linesPerSecond * every) / 1000; line++) {
      said += 1;
      eve.write(
        `BCST message number ${said} with some words behind it, https://example.org/${said}\n`,
      );
    }
  }, every);
  await pause(2000);
  const before = await usage(screen.pty.pid);
  const began = performance.now();
  const keys: number[] = [];
  const gap = (loadSeconds * 1000) / keystrokes;
  for (let key = 0; key < keystrokes; key++) {
    // The row of the input is drawn again with every key: what is new in it is seen at once.
    const letters = `k${String(key).padStart(3, '0')}`;
    const pressed = performance.now();
    screen.pty.write(letters);
    await screen.shows(letters);
    keys.push(performance.now() - pressed);
    screen.pty.write('\u0015');
    await pause(Math.max(0, gap - (performance.now() - pressed)));
  }
  const wall = performance.now() - began;
  const after = await usage(screen.pty.pid);
  clearInterval(timer);
  eve.destroy();
  await screen.end();
  return { share: ((after.cpuMs - before.cpuMs) / wall) * 100, keys };
}

async function memory(
  port: number,
  home: string,
): Promise<readonly [before: number, after: number]> {
  const screen = new Screen(port, home, 80, 24);
  await screen.shows('● connected');
  await pause(500);
  const before = await usage(screen.pty.pid);
  const eve = await speaker(port, 'mallory');
  for (let line = 1; line <= longConversation; line++) {
    const hasRoom = eve.write(`BCST message number ${line} with some words behind it\n`);
    if (!hasRoom) await once(eve, 'drain');
  }
  await screen.shows(`message number ${longConversation} `);
  const after = await usage(screen.pty.pid);
  await screen.end();
  eve.destroy();
  return [before.rssMb, after.rssMb];
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;

const home = await mkdtemp(join(tmpdir(), 'helo-bench-'));
const server = await startServer(home);
try {
  const frames = await firstFrames(server.port, home);
  const fastest = ms(Math.min(...frames));
  console.log(
    `first frame                ${ms(percentile(frames, 0.5))} (fastest ${fastest}, ${starts} starts)`,
  );
  for (const size of [
    [80, 24],
    [200, 50],
  ] as const) {
    const { share, keys } = await underLoad(server.port, home, size);
    const [p50, p99] = [ms(percentile(keys, 0.5)), ms(percentile(keys, 0.99))];
    console.log(
      `${size.join('x').padEnd(7)} at ${linesPerSecond}/s       ${share.toFixed(1)} % of a core; a key is seen after ${p50} (p50), ${p99} (p99)`,
    );
  }
  const [before, after] = await memory(server.port, home);
  console.log(
    `${longConversation} messages           ${before.toFixed(0)} MB before, ${after.toFixed(0)} MB after`,
  );
} finally {
  server.child.kill();
  await rm(home, { recursive: true, force: true, maxRetries: 3 });
}

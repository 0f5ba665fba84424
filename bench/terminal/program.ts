// The measured programs, as a person has them: a server, helo on a pseudo-terminal, and somebody at netcat.

import { spawn as spawnProcess, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn, type IPty } from '@lydell/node-pty';

const program = fileURLToPath(new URL('../../../dist/cli/helo.js', import.meta.url));
/** The kernel counts processor time in these: USER_HZ is 100 on Linux. */
const ticksPerSecond = 100;
/** What takes longer will never come. */
const limitMs = 60_000;
/** How much of the output is searched. */
const keptOutput = 200_000;

export interface Server {
  readonly child: ChildProcess;
  readonly port: number;
}

/** The folder for the data of bob's device: XDG_DATA_HOME. */
export function dataHome(home: string): string {
  return join(home, 'data');
}

export type Size = readonly [columns: number, rows: number];

/** bob at the full screen, with an account. */
export class Screen {
  readonly pty: IPty;
  #output = '';
  #seen: () => void = () => {};

  constructor({ port }: Server, home: string, [columns, rows]: Size) {
    const args = ['chat', '--server', `127.0.0.1:${port}`, '--name', 'bob'];
    this.pty = spawn(process.execPath, [program, ...args], {
      cols: columns,
      rows,
      env: {
        ...process.env,
        HOME: home,
        XDG_DATA_HOME: dataHome(home),
        XDG_CONFIG_HOME: join(home, 'config'),
        TERM: 'xterm-256color',
      },
    });
    this.pty.onData((text) => {
      this.#output = (this.#output + text).slice(-keptOutput);
      this.#seen();
    });
  }

  /** What was drawn since `forget`. */
  get output(): string {
    return this.#output;
  }

  forget(): void {
    this.#output = '';
  }

  async shows(text: string): Promise<void> {
    await this.until((output) => output.includes(text));
  }

  async until(isSo: (output: string) => boolean): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!isSo(this.#output)) {
      if (performance.now() > deadline) {
        const last = JSON.stringify(this.#output.slice(-1000));
        throw new Error(`it did not come within ${limitMs} ms; drawn at last: ${last}`);
      }
      await this.#drawn(deadline - performance.now());
    }
  }

  /** Resolves when something more is drawn, or after `ms`. */
  async #drawn(ms: number): Promise<void> {
    let limit;
    await new Promise<void>((resolve) => {
      this.#seen = resolve;
      limit = setTimeout(resolve, ms);
    });
    clearTimeout(limit);
  }

  /** Presses keys. Returns how long it takes until `isSo`, in milliseconds. */
  async press(keys: string, isSo: (output: string) => boolean): Promise<number> {
    this.forget();
    const pressed = performance.now();
    this.pty.write(keys);
    await this.until(isSo);
    return performance.now() - pressed;
  }

  /** Processor time and resident memory. */
  async usage(): Promise<{ readonly cpuMs: number; readonly rssMb: number }> {
    const { pid } = this.pty;
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const rss = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { cpuMs: (ticks / ticksPerSecond) * 1000, rssMb: Number(rss) / 1024 };
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.pty.onExit(resolve));
    this.pty.kill('SIGKILL');
    await ended;
  }
}

/** A server that bob's account, and guests, can log in to. */
export async function startServer(home: string): Promise<Server> {
  const flags = ['--port', '0', '--tls-port', 'off', '--ping-interval', '0', '--limits', 'off'];
  const args = [program, 'serve', ...flags, '--data', join(home, 'server')];
  const child = spawnProcess(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    const port = /plain text +\S+:(\d+) /.exec(text)?.[1];
    if (port !== undefined && text.includes('Stop with')) return { child, port: Number(port) };
  }
  throw new Error('the server did not start');
}

/** A person who writes, and does not read. */
export async function speaker({ port }: Server, name: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.resume();
  socket.write(`HELO ${name}\n`);
  return socket;
}

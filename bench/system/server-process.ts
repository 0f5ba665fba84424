// A server under test: started in an empty folder on a free port, ready when it accepts connections.

import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Peer } from '../peer.ts';
import { start, stop } from './children.ts';
import { pinned } from './pinning.ts';
import { findProgram } from './programs.ts';

export interface ServerProcess {
  readonly port: number;
  /** Its metrics port, if that was wanted. */
  readonly metricsPort: number | undefined;
  readonly pid: number;
  /** The end of what it printed, for an error. */
  output(): string;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly connections: number;
  readonly cpu: number | undefined;
  /** Flags for Node, if the server runs in it. */
  readonly nodeArgs: readonly string[];
  /** Whether it should offer its metrics. */
  readonly watched: boolean;
}

const readyWithinMs = 15_000;

/** The folders of running servers. None remains, however the bench ends. */
const folders = new Set<string>();
process.on('exit', () => folders.forEach(remove));

/** Starts a peer and waits until it accepts connections. */
export async function startServer(
  peer: Peer,
  { connections, cpu, nodeArgs, watched }: StartOptions,
): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), `bench-${peer.name}-`));
  folders.add(folder);
  const port = await freePort();
  const metricsPort = watched ? await freePort() : undefined;
  const { command, args, files = {} } = peer.launch({ folder, port, metricsPort, connections });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const log = join(folder, 'output.log');
  const output = openSync(log, 'a');
  const node = command === process.execPath ? nodeArgs : [];
  const [program, words] = pinned(cpu, findProgram(command) ?? command, [...node, ...args]);
  const child = start(program, words, {
    cwd: folder,
    env: ownEnvironment(),
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const server: ServerProcess = {
    port,
    metricsPort,
    pid: child.pid ?? 0,
    output: () => readFileSync(log, 'utf8').slice(-2000),
    async stop() {
      await stop(child);
      remove(folder);
    },
  };
  const deadline = performance.now() + readyWithinMs;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || child.pid === undefined || performance.now() > deadline) {
      const said = server.output();
      await server.stop();
      throw new Error(`${peer.title} does not start: ${said === '' ? command : said}`);
    }
    await wait(20);
  }
  return server;
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** An unused port: not every server accepts port 0 and reports what it got. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** The environment without anything that would configure helo or Node. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(HELO_|NODE_OPTIONS$|npm_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

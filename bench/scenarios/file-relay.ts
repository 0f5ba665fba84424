// One file at full speed through the server, compared with socat, which only copies. Both read into buffers of 1 MiB.
// Also the delay of the chat meanwhile: lines to oneself, with and without the file.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { agree, echoes, Talker } from '../load/file-chat.ts';
import type { FileTask } from '../load/file-pair.ts';
import type { Scenario } from '../scenario.ts';
import type { Measured, Stage } from '../stage.ts';
import { start, stop } from '../system/children.ts';
import { allowedCpus, pinned } from '../system/pinning.ts';
import { cpuSeconds } from '../system/process-meter.ts';
import { findProgram } from '../system/programs.ts';

const bufferBytes = 1024 * 1024;
const pairProgram = fileURLToPath(new URL('../load/file-pair.js', import.meta.url));

const scenario: Scenario = {
  name: 'file-relay',
  title: 'A file at full speed, and the chat beside it',
  order: 70,
  figures: [
    {
      key: 'bytesPerCpuSecond',
      title: 'bytes of a file',
      unit: 'per CPU second',
      better: 'more',
    },
    {
      key: 'socatBytesPerCpuSecond',
      title: 'bytes through socat',
      unit: 'per CPU second',
      better: 'more',
      aside: true,
    },
    {
      key: 'timesSocat',
      title: 'bytes per CPU second, beside socat',
      unit: 'times',
      better: 'more',
    },
    { key: 'quietP99', title: 'p99 of a line without a file', unit: 'ms', better: 'less' },
    { key: 'busyP99', title: 'p99 of a line beside the file', unit: 'ms', better: 'less' },
  ],
  long: true,
  connections: () => 10,
  limitSeconds: () => 180,
  unfit: ({ name }) => (name === 'helo' ? undefined : 'passes on no files'),
  run,
};
export default scenario;

async function run(stage: Stage): Promise<Measured> {
  const bytes = (stage.short ? 2 : 8) * 1024 ** 3;
  const alice = await Talker.login(stage.port, 'alice');
  const bob = await Talker.login(stage.port, 'bob');
  // The thread for files starts with the first file.
  await throughHelo(stage, alice, bob, bufferBytes);
  const helo = bytes / (await throughHelo(stage, alice, bob, bytes));
  const socat =
    findProgram('socat') === undefined ? NaN : bytes / (await throughSocat(stage, bytes));
  const quiet = await echoes(stage.port, 'carol', wait(stage.short ? 2000 : 5000));
  const file = throughHelo(stage, alice, bob, 2 * bytes);
  const busy = await echoes(stage.port, 'carol', file);
  await file;
  return {
    bytesPerCpuSecond: helo,
    ...(Number.isNaN(socat) ? {} : { socatBytesPerCpuSecond: socat, timesSocat: helo / socat }),
    quietP99: percentile(quiet, 0.99),
    busyP99: percentile(busy, 0.99),
  };
}

/** The CPU seconds of the server for one file. */
async function throughHelo(
  stage: Stage,
  alice: Talker,
  bob: Talker,
  bytes: number,
): Promise<number> {
  const port = await agree(alice, bob);
  return move(stage.pid, {
    bytes,
    sender: { port, opening: 'FILE <alice @bob m ' },
    receiver: { port, opening: 'OPEN_PORT_TO_RECEIVE bob\n', header: 'FILE <alice @alice m ' },
  });
}

/** The CPU seconds of socat for as much, on the server's CPU. */
async function throughSocat(stage: Stage, bytes: number): Promise<number> {
  const from = await freePort();
  const to = await freePort();
  const [cpu] = allowedCpus(readFileSync(`/proc/${stage.pid}/status`, 'latin1'));
  const listen = (port: number) => `TCP-LISTEN:${port},bind=127.0.0.1,nodelay`;
  const words = ['-u', '-b', String(bufferBytes), listen(from), listen(to)];
  const child = start(...pinned(cpu, 'socat', words), { stdio: 'ignore' });
  try {
    return await move(child.pid ?? 0, {
      bytes,
      sender: { port: from, opening: '' },
      receiver: { port: to, opening: '', header: '' },
    });
  } finally {
    await stop(child);
  }
}

/** Moves a file between two ends of its own. Returns the CPU seconds of the process `pid`. */
async function move(pid: number, task: FileTask): Promise<number> {
  const pair = fork(pairProgram);
  try {
    const before = cpuSeconds(pid);
    pair.send(task);
    const [answer] = (await once(pair, 'message')) as [string];
    if (answer !== 'moved') throw new Error(answer);
    return cpuSeconds(pid) - before;
  } finally {
    const ended = once(pair, 'exit');
    pair.disconnect();
    await ended;
  }
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

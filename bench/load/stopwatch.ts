// A period of time, and what the server and the generator used in it.

import { setTimeout as wait } from 'node:timers/promises';
import { cpuSeconds } from '../system/process-meter.ts';

export interface Lap {
  readonly seconds: number;
  /** CPU time of the server. */
  readonly serverCpuSeconds: number;
  /** The share of one CPU that the generator used. At 1 the server may have had to wait for it. */
  readonly generatorShare: number;
}

/** Measures `act`. */
export async function timed(pid: number, act: () => Promise<void>): Promise<Lap> {
  const start = performance.now();
  const own = process.cpuUsage();
  const server = cpuSeconds(pid);
  await act();
  const serverCpuSeconds = cpuSeconds(pid) - server;
  const used = process.cpuUsage(own);
  const seconds = (performance.now() - start) / 1000;
  return {
    seconds,
    serverCpuSeconds,
    generatorShare: (used.user + used.system) / 1e6 / seconds,
  };
}

/** Measures the next `seconds`. */
export function timedFor(pid: number, seconds: number): Promise<Lap> {
  return timed(pid, () => wait(seconds * 1000));
}

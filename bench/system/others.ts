// How much of the machine others used during a measurement: figures from a busy machine are worth little, and their
// readers must be told.

import { readFileSync } from 'node:fs';
import { cpuSeconds } from './process-meter.ts';

/** USER_HZ, as in process-meter.ts. */
const ticksPerSecond = 100;

/**
 * Begins to watch. The returned function ends that, and returns how many CPUs were used by others than the server and
 * the generator, which used `generatorSeconds`.
 */
export function watchOthers(serverPid: number): (generatorSeconds: number) => number {
  const start = performance.now();
  const all = busySeconds();
  const server = cpuSeconds(serverPid);
  return (generatorSeconds) => {
    const ours = cpuSeconds(serverPid) - server + generatorSeconds;
    const seconds = (performance.now() - start) / 1000;
    return Math.max(0, (busySeconds() - all - ours) / seconds);
  };
}

/** The work of all CPUs so far, in seconds. Time that a hypervisor took counts as the work of others. */
export function busySeconds(stat: string = readFileSync('/proc/stat', 'latin1')): number {
  const line = /^cpu +([\d ]+)$/m.exec(stat)?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = line
    .split(' ')
    .map(Number);
  return (user + nice + system + irq + softIrq + steal) / ticksPerSecond;
}

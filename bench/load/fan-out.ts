// Saturated fan-out: ten people send as fast as the slowest listener receives.

import { setTimeout as wait } from 'node:timers/promises';
import type { Figure } from '../scenario.ts';
import type { Measured, Stage } from '../stage.ts';
import { openRoom } from './room.ts';
import { timedFor } from './stopwatch.ts';

const speakers = 10;
/**
 * Messages of each sender in flight: 4 KB, far less than a client that floods a server. This is not a neutral choice,
 * because it limits how much a server can batch. The scenario `windows` shows how much depends on it.
 */
const usualWindow = 64;
const payloadBytes = 64;

export const fanOutFigures: readonly Figure[] = [
  { key: 'perSecond', title: 'deliveries per second', unit: 'per second', better: 'more' },
  {
    key: 'perCpuSecond',
    title: 'deliveries per CPU second',
    unit: 'per CPU second',
    better: 'more',
  },
  { key: 'p50', title: 'latency at saturation, p50', unit: 'ms', better: 'less' },
  { key: 'p99', title: 'latency at saturation, p99', unit: 'ms', better: 'less' },
  { key: 'serverShare', title: 'CPUs the server used', unit: 'share', better: 'less', aside: true },
  {
    key: 'generatorShare',
    title: 'CPUs the generator used',
    unit: 'share',
    better: 'less',
    aside: true,
  },
];

/** Runs it with this many listeners. */
export async function fanOut(
  stage: Stage,
  listeners: number,
  window = usualWindow,
): Promise<Measured> {
  const { arrivals, pump, settled, leave } = await openRoom(stage, {
    listeners,
    speakers,
    payloadBytes,
    window,
  });
  pump.start();
  await wait(stage.short ? 300 : 2000);
  arrivals.latencies.clear();
  const before = arrivals.delivered;
  const lap = await timedFor(stage.pid, stage.short ? 1 : 5);
  const delivered = arrivals.delivered - before;
  const { latencies } = arrivals;
  const measured = {
    perSecond: delivered / lap.seconds,
    perCpuSecond: delivered / lap.serverCpuSeconds,
    p50: latencies.quantile(0.5),
    p99: latencies.quantile(0.99),
    serverShare: lap.serverCpuSeconds / lap.seconds,
    generatorShare: lap.generatorShare,
  };
  pump.stop();
  await settled();
  leave();
  return measured;
}

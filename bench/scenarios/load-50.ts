// A realistic busy lobby: fifty messages a second to a thousand, far from saturation.

import { speakEvenly } from '../load/fixed-load.ts';
import { openRoom } from '../load/room.ts';
import { timed } from '../load/stopwatch.ts';
import type { Scenario } from '../scenario.ts';

const speakers = 10;
const perSecond = 50;

const scenario: Scenario = {
  name: 'load-50',
  title: 'Fixed load: 50 messages a second to 1,000',
  order: 30,
  figures: [
    { key: 'p50', title: 'latency, p50', unit: 'ms', better: 'less' },
    { key: 'p99', title: 'latency, p99', unit: 'ms', better: 'less' },
    { key: 'serverShare', title: 'CPUs the server used', unit: 'share', better: 'less' },
    {
      key: 'generatorShare',
      title: 'CPUs the generator used',
      unit: 'share',
      better: 'less',
      aside: true,
    },
  ],
  connections: () => 1010,
  limitSeconds: () => 90,
  async run(stage) {
    const { arrivals, pump, settled, leave } = await openRoom(stage, {
      listeners: 1000,
      speakers,
      payloadBytes: 64,
      window: 1,
    });
    await speakEvenly(pump, speakers, perSecond, stage.short ? 0.5 : 2);
    arrivals.latencies.clear();
    const seconds = stage.short ? 2 : 10;
    const lap = await timed(stage.pid, () => speakEvenly(pump, speakers, perSecond, seconds));
    await settled();
    leave();
    return {
      p50: arrivals.latencies.quantile(0.5),
      p99: arrivals.latencies.quantile(0.99),
      serverShare: lap.serverCpuSeconds / lap.seconds,
      generatorShare: lap.generatorShare,
    };
  },
};
export default scenario;

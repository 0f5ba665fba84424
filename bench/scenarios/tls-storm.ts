// A storm of TLS handshakes while a team talks: fifty messages a second to a hundred, all over TLS, before it and in it.
// Sixteen programs begin one connection after the other; they give way to the generator, which shares their CPU.

import { speakEvenly } from '../load/fixed-load.ts';
import { openRoom } from '../load/room.ts';
import { timed } from '../load/stopwatch.ts';
import type { Scenario } from '../scenario.ts';
import type { Measured, Stage } from '../stage.ts';
import { handshakes } from '../system/handshakes.ts';

const speakers = 10;
const listeners = 100;
const perSecond = 50;
/** How many connections are begun at a time. */
const atOnce = 16;

const scenario: Scenario = {
  name: 'tls-storm',
  title: `A storm of TLS handshakes, ${atOnce} at a time, while ${perSecond} messages a second go to ${listeners}`,
  order: 53,
  figures: [
    { key: 'p99Before', title: 'p99 before', unit: 'ms', better: 'less' },
    { key: 'p99', title: 'p99 in the storm', unit: 'ms', better: 'less' },
    { key: 'p99Ratio', title: 'in it / before', unit: 'times', better: 'less' },
    { key: 'perSecond', title: 'handshakes per second', unit: 'per second', better: 'more' },
    { key: 'serverShare', title: 'CPUs the server used', unit: 'share', better: 'less' },
  ],
  connections: () => speakers + listeners + atOnce,
  limitSeconds: () => 90,
  unfit: ({ dialect }) =>
    dialect?.overTls === true ? undefined : 'its connections are not over TLS',
  run,
};
export default scenario;

async function run(stage: Stage): Promise<Measured> {
  const { arrivals, pump, settled, leave } = await openRoom(stage, {
    listeners,
    speakers,
    payloadBytes: 64,
    window: 1,
  });
  const seconds = stage.short ? 2 : 8;
  await speakEvenly(pump, speakers, perSecond, 2);
  arrivals.latencies.clear();
  await speakEvenly(pump, speakers, perSecond, seconds);
  const p99Before = arrivals.latencies.quantile(0.99);

  // A second more than is measured, so that all of it is in the storm.
  const storm = Promise.all(
    Array.from({ length: atOnce }, () => handshakes(stage.port, seconds + 1, 19)),
  );
  await speakEvenly(pump, speakers, perSecond, 0.5);
  arrivals.latencies.clear();
  const lap = await timed(stage.pid, () => speakEvenly(pump, speakers, perSecond, seconds));
  const p99 = arrivals.latencies.quantile(0.99);
  const done = (await storm).reduce((sum, each) => sum + each, 0);
  await settled();
  leave();
  return {
    p99Before,
    p99,
    p99Ratio: p99 / p99Before,
    perSecond: done / (seconds + 1),
    serverShare: lap.serverCpuSeconds / lap.seconds,
  };
}

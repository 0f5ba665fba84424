// One of a thousand listeners stops reading, while the lobby continues at full speed: the effect on the others, and
// what the server buffers for the one. Lines are long here, so that they exceed the system's buffers.

import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '../load/client.ts';
import type { Person } from '../load/crowd.ts';
import { openRoom } from '../load/room.ts';
import type { Scenario } from '../scenario.ts';
import type { Measured, Stage } from '../stage.ts';
import { residentBytes } from '../system/process-meter.ts';

const scenario: Scenario = {
  name: 'stopped-reader',
  title: 'A stopped reader among 1,000, saturated',
  order: 60,
  long: true,
  figures: [
    { key: 'p99Before', title: "the others' p99 before", unit: 'ms', better: 'less' },
    { key: 'p99After', title: "the others' p99 while one has stopped", unit: 'ms', better: 'less' },
    { key: 'p99Ratio', title: 'after / before', unit: 'times', better: 'less' },
    { key: 'grown', title: 'most memory grown by', unit: 'bytes', better: 'less' },
    {
      key: 'said',
      title: 'said to the one who had stopped',
      unit: 'bytes',
      better: 'more',
      aside: true,
    },
    {
      key: 'closed',
      title: 'whether the server closed it (1) or not (0)',
      unit: 'share',
      better: 'more',
      aside: true,
    },
  ],
  connections: () => 1010,
  limitSeconds: () => 120,
  run,
};
export default scenario;

/** The longest line that an IRC server accepts, with its prefix, has 512 bytes. */
const payloadBytes = 400;

async function run(stage: Stage): Promise<Measured> {
  const listeners = 1000;
  const room = await openRoom(stage, {
    listeners,
    speakers: 10,
    payloadBytes,
    window: 16,
    uncounted: 1,
  });
  const { arrivals, pump, settled, leave, listeners: listening } = room;
  const stopping = listening[0] as Person;
  const seconds = stage.short ? 2 : 8;
  pump.start();
  await wait(stage.short ? 1000 : 3000);

  const before = await observe(seconds);
  const deliveredBefore = arrivals.delivered;
  stopping.client.pause();
  const after = await observe(seconds);
  const said = ((arrivals.delivered - deliveredBefore) / (listeners - 1)) * payloadBytes;
  pump.stop();
  await settled();
  const closed = await closes(stopping.client);
  leave();
  return {
    p99Before: before.p99,
    p99After: after.p99,
    p99Ratio: after.p99 / before.p99,
    grown: Math.max(0, after.peakBytes - before.peakBytes),
    said,
    closed: closed ? 1 : 0,
  };

  async function observe(most: number): Promise<{ p99: number; peakBytes: number }> {
    arrivals.latencies.clear();
    let peakBytes = 0;
    for (let waited = 0; waited < most; waited += 0.1) {
      await wait(100);
      peakBytes = Math.max(peakBytes, residentBytes(stage.pid));
    }
    return { p99: arrivals.latencies.quantile(0.99), peakBytes };
  }
}

/** Whether a connection that had stopped reading is closed when it reads on. */
async function closes(client: Client): Promise<boolean> {
  const closed = new Promise<boolean>((resolve) => {
    client.readTo(
      () => {},
      () => resolve(true),
    );
  });
  client.resume();
  return Promise.race([closed, wait(3000, false)]);
}

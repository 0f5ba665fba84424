// The effect of the window: the fewer messages are in flight, the fewer can a server batch into one write. It
// accompanies the fan-out scenarios, so that nobody has to trust their window.

import { setTimeout as wait } from 'node:timers/promises';
import { fanOut } from '../load/fan-out.ts';
import type { Figure, Scenario } from '../scenario.ts';

const windows = [1, 4, 16, 64];

const scenario: Scenario = {
  name: 'windows',
  title: 'Fan-out to 1,000 by window, saturated',
  order: 25,
  long: true,
  figures: windows.map((window): Figure => ({
    key: `window${window}`,
    title: `deliveries per CPU second, window ${window}`,
    unit: 'per CPU second',
    better: 'more',
  })),
  connections: () => 1010,
  limitSeconds: () => 240,
  async run(stage) {
    const measured: Record<string, number> = {};
    for (const window of windows) {
      // The short periods of the short form are enough here: only the order matters.
      const { perCpuSecond = NaN } = await fanOut({ ...stage, short: true }, 1000, window);
      measured[`window${window}`] = perCpuSecond;
      // The next people have the same names, which the server must have freed.
      await wait(1000);
    }
    return measured;
  },
};
export default scenario;

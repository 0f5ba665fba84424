// The lobby of a large company with less under way: a quarter of what the other window has.

import { fanOut, fanOutFigures } from '../load/fan-out.ts';
import type { Scenario } from '../scenario.ts';

const scenario: Scenario = {
  name: 'fan-out-1000-16',
  title: 'Fan-out: 10 speak to 1,000, 16 of each under way, saturated',
  order: 11,
  figures: fanOutFigures,
  connections: () => 1010,
  limitSeconds: () => 90,
  run: (stage) => fanOut(stage, 1000, 16),
};
export default scenario;

// The lobby of a team with less under way: a quarter of what the other window has.

import { fanOut, fanOutFigures } from '../load/fan-out.ts';
import type { Scenario } from '../scenario.ts';

const scenario: Scenario = {
  name: 'fan-out-100-16',
  title: 'Fan-out: 10 speak to 100, 16 of each under way, saturated',
  order: 21,
  figures: fanOutFigures,
  connections: () => 110,
  limitSeconds: () => 90,
  run: (stage) => fanOut(stage, 100, 16),
};
export default scenario;

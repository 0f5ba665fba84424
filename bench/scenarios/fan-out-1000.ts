// The lobby of a large company at full speed.

import { fanOut, fanOutFigures } from '../load/fan-out.ts';
import type { Scenario } from '../scenario.ts';

const scenario: Scenario = {
  name: 'fan-out-1000',
  title: 'Fan-out: 10 speak to 1,000, saturated',
  order: 10,
  figures: fanOutFigures,
  connections: () => 1010,
  limitSeconds: () => 90,
  run: (stage) => fanOut(stage, 1000),
};
export default scenario;

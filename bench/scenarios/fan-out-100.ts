// The lobby of a team at full speed.

import { fanOut, fanOutFigures } from '../load/fan-out.ts';
import type { Scenario } from '../scenario.ts';

const scenario: Scenario = {
  name: 'fan-out-100',
  title: 'Fan-out: 10 speak to 100, saturated',
  order: 20,
  figures: fanOutFigures,
  connections: () => 110,
  limitSeconds: () => 90,
  run: (stage) => fanOut(stage, 100),
};
export default scenario;

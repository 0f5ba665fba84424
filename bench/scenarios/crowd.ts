// Ten thousand log in and then send nothing. The short form ends at a
// thousand.

import { few, idleFigures, many, measureIdle } from '../load/idle.ts';
import type { Scenario } from '../scenario.ts';

const scenario: Scenario = {
  name: 'crowd',
  title: 'Logins, and idle connections',
  order: 50,
  figures: idleFigures,
  connections: (short) => (short ? few : many),
  limitSeconds: () => 240,
  run: measureIdle,
};
export default scenario;

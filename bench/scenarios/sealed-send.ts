// Messages to a sealed group and to an open one of the same people, in turn, with lines of the same length: what the
// server spends on each.

import type { Scenario } from '../scenario.ts';
import { measureSending, sendingFigures } from '../sealed/sending.ts';

const people = 8;

const scenario: Scenario = {
  name: 'sealed-send',
  title: `Messages to a sealed group of ${people}, beside an open one`,
  order: 81,
  figures: sendingFigures,
  needs: 'archive',
  connections: () => people,
  limitSeconds: () => 120,
  unfit: ({ name }) => (name === 'helo' ? undefined : 'knows nothing of sealed groups'),
  run: (stage) => measureSending(stage, { people, each: 1, window: 256, writers: people }),
};
export default scenario;

// A sealed group that 1,000 connections hear, beside an open one, with a text of 400 bytes. Forty accounts have
// twenty-five connections each: to the server that is the same as 1,000 accounts, which would take ten minutes to enter.

import type { Scenario } from '../scenario.ts';
import { measureSending, sendingFigures } from '../sealed/sending.ts';

const people = 40;
const each = 25;

const scenario: Scenario = {
  name: 'sealed-1000',
  title: 'A text of 400 bytes to a sealed group of 1,000, beside an open one',
  order: 83,
  figures: sendingFigures,
  needs: 'archive',
  connections: () => people * each,
  limitSeconds: () => 180,
  unfit: ({ name }) => (name === 'helo' ? undefined : 'knows nothing of sealed groups'),
  run: (stage) =>
    measureSending(stage, { people, each, window: 16, writers: 10, words: 'word '.repeat(80) }),
};
export default scenario;

// The same as `crowd`, with every connection over TLS.

import { few, idleFigures, many, measureIdle } from '../load/idle.ts';
import type { Scenario } from '../scenario.ts';

const scenario: Scenario = {
  name: 'crowd-tls',
  title: 'Logins and idle connections over TLS',
  order: 51,
  figures: idleFigures,
  connections: (short) => (short ? few : many),
  limitSeconds: () => 240,
  unfit: ({ dialect }) =>
    dialect?.overTls === true ? undefined : 'its connections are not over TLS',
  run: measureIdle,
};
export default scenario;

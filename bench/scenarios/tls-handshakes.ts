// What a TLS handshake costs a server: bare ones, from OpenSSL's own `s_time`, and those of people who log in behind it.

import { Crowd } from '../load/crowd.ts';
import { timed } from '../load/stopwatch.ts';
import type { Scenario } from '../scenario.ts';
import type { Measured, Stage } from '../stage.ts';
import { handshakes } from '../system/handshakes.ts';

const people = 2000;
/** The first ones warm up. */
const first = 200;

const scenario: Scenario = {
  name: 'tls-handshakes',
  title: 'TLS 1.3 handshakes, each with a new session',
  order: 52,
  figures: [
    {
      key: 'bare',
      title: 'bare handshakes (openssl s_time)',
      unit: 'per CPU second',
      better: 'more',
    },
    { key: 'barePerSecond', title: 'the same, one at a time', unit: 'per second', better: 'more' },
    { key: 'logins', title: 'with the login behind it', unit: 'per CPU second', better: 'more' },
  ],
  connections: () => people + first,
  limitSeconds: () => 120,
  unfit: ({ dialect }) =>
    dialect?.overTls === true ? undefined : 'its connections are not over TLS',
  run,
};
export default scenario;

async function run({ dialect, port, pid, short }: Stage): Promise<Measured> {
  const crowd = new Crowd(port, dialect);
  await crowd.grow(first);
  const count = short ? 300 : people;
  const lap = await timed(pid, () => crowd.grow(first + count));
  crowd.leave();
  const seconds = short ? 1 : 5;
  let done = 0;
  const bare = await timed(pid, async () => void (done = await handshakes(port, seconds)));
  return {
    bare: done / bare.serverCpuSeconds,
    barePerSecond: done / bare.seconds,
    logins: count / lap.serverCpuSeconds,
  };
}

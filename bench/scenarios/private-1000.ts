// A thousand people in conversations of two: each writes to a partner, and again as soon as that has arrived.

import { setTimeout as wait } from 'node:timers/promises';
import { personName, type Dialect } from '../dialect.ts';
import { Arrivals, type Shapes } from '../load/arrivals.ts';
import { Crowd } from '../load/crowd.ts';
import { Ledger } from '../load/ledger.ts';
import { fillerOf, mark } from '../load/payload.ts';
import { Pump } from '../load/pump.ts';
import { shapeOf } from '../load/shapes.ts';
import { timedFor } from '../load/stopwatch.ts';
import { whenSettled } from '../load/settled.ts';
import type { Scenario } from '../scenario.ts';
import type { Measured, Stage } from '../stage.ts';

const people = 1000;
const payloadBytes = 64;
/** Messages of each person in flight. */
const window = 1;

const partnerOf = (person: number) => (person + people / 2) % people;

const scenario: Scenario = {
  name: 'private-1000',
  title: 'Private messages among 1,000, saturated',
  order: 40,
  figures: [
    {
      key: 'perCpuSecond',
      title: 'private messages per CPU second',
      unit: 'per CPU second',
      better: 'more',
    },
    { key: 'perSecond', title: 'private messages per second', unit: 'per second', better: 'more' },
    { key: 'p99', title: 'latency at saturation, p99', unit: 'ms', better: 'less', aside: true },
    {
      key: 'generatorShare',
      title: 'CPUs the generator used',
      unit: 'share',
      better: 'less',
      aside: true,
    },
  ],
  connections: () => people,
  limitSeconds: () => 90,
  run,
};
export default scenario;

async function run(stage: Stage): Promise<Measured> {
  const { dialect, fail } = stage;
  const crowd = new Crowd(stage.port, dialect);
  await crowd.grow(people);
  await crowd.play(crowd.people, () => dialect.barrier);

  const ledger = new Ledger(people, window);
  const arrivals = new Arrivals(privateShapes(dialect), ledger, fail);
  const filler = fillerOf(payloadBytes);
  const pump = new Pump({
    ledger,
    speakers: crowd.people.map(({ client }) => client),
    window,
    audience: 1,
    line: (sender, number) =>
      dialect.privately(personName(partnerOf(sender)), mark(sender, number) + filler),
  });
  for (const [index, { client, name }] of crowd.people.entries()) {
    arrivals.add({ from: partnerOf(index), senders: 1, self: index, counted: true });
    client.readTo(
      (bytes, end) => {
        arrivals.read(index, bytes, end, performance.now());
        pump.heard();
      },
      (reason) => fail(new Error(`the connection of ${name} was closed: ${reason.message}`)),
    );
  }
  pump.start();
  await wait(stage.short ? 300 : 2000);
  arrivals.latencies.clear();
  const before = arrivals.delivered;
  const lap = await timedFor(stage.pid, stage.short ? 1 : 5);
  const delivered = arrivals.delivered - before;
  const p99 = arrivals.latencies.quantile(0.99);
  pump.stop();
  await whenSettled(ledger, () => true);
  crowd.leave();
  return {
    perCpuSecond: delivered / lap.serverCpuSeconds,
    perSecond: delivered / lap.seconds,
    p99,
    generatorShare: lap.generatorShare,
  };
}

function privateShapes(dialect: Dialect): Shapes {
  return {
    delivery: shapeOf(
      (sender, payload) =>
        dialect.privateArrives(personName(sender), personName(partnerOf(sender)), payload),
      people,
      payloadBytes,
    ),
    confirmation: undefined,
    aside: dialect.aside,
  };
}

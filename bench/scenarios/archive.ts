// Stored messages: a few people write to one conversation as fast as their messages are acknowledged, and receive
// each other's.

import { setTimeout as wait } from 'node:timers/promises';
import { personName } from '../dialect.ts';
import { Histogram } from '../load/histogram.ts';
import { fillerOf, mark } from '../load/payload.ts';
import { timedFor } from '../load/stopwatch.ts';
import { Talk } from '../load/talk.ts';
import { Writer } from '../load/writer.ts';
import type { Scenario } from '../scenario.ts';
import type { Measured, Stage } from '../stage.ts';

const people = 8;
const payloadBytes = 64;
/** Messages of each person in flight. */
const window = 512;

const scenario: Scenario = {
  name: 'archive',
  title: 'Kept messages of 8 people in one conversation, saturated',
  order: 60,
  figures: [
    { key: 'perSecond', title: 'kept messages per second', unit: 'per second', better: 'more' },
    {
      key: 'perCpuSecond',
      title: 'kept messages per CPU second',
      unit: 'per CPU second',
      better: 'more',
    },
    { key: 'p50', title: 'until confirmed, p50', unit: 'ms', better: 'less' },
    { key: 'p99', title: 'until confirmed, p99', unit: 'ms', better: 'less' },
    { key: 'aloneP50', title: 'one at a time, p50', unit: 'ms', better: 'less' },
    { key: 'aloneP99', title: 'one at a time, p99', unit: 'ms', better: 'less' },
    {
      key: 'generatorShare',
      title: 'CPUs the generator used',
      unit: 'share',
      better: 'less',
      aside: true,
    },
  ],
  connections: () => people,
  limitSeconds: () => 120,
  needs: 'archive',
  run,
};
export default scenario;

async function run(stage: Stage): Promise<Measured> {
  const { short } = stage;
  const alone = await oneAtATime(stage);
  const latencies = new Histogram();
  const names = Array.from({ length: people }, (_, index) => personName(index + 1));
  const writers: Writer[] = [];
  for (const name of names) writers.push(await join(stage, name, window, latencies));
  for (const writer of writers) writer.start();
  await wait(short ? 500 : 3000);
  latencies.clear();
  const total = () => writers.reduce((sum, { confirmed }) => sum + confirmed, 0);
  const before = total();
  const lap = await timedFor(stage.pid, short ? 1 : 8);
  const kept = total() - before;
  await Promise.all(writers.map((writer) => writer.stop()));
  return {
    perSecond: kept / lap.seconds,
    perCpuSecond: kept / lap.serverCpuSeconds,
    p50: latencies.quantile(0.5),
    p99: latencies.quantile(0.99),
    aloneP50: alone.quantile(0.5),
    aloneP99: alone.quantile(0.99),
    generatorShare: lap.generatorShare,
  };
}

/** A single person who writes when the last message is stored. */
async function oneAtATime(stage: Stage): Promise<Histogram> {
  const latencies = new Histogram();
  const writer = await join(stage, personName(0), 1, latencies);
  writer.start();
  await wait(stage.short ? 300 : 1000);
  latencies.clear();
  await wait(stage.short ? 700 : 4000);
  await writer.stop();
  return latencies;
}

async function join(
  stage: Stage,
  name: string,
  window: number,
  latencies: Histogram,
): Promise<Writer> {
  const { archive, port, fail } = stage;
  const talk = new Talk(port);
  await archive.join(talk, name);
  const payload = mark(0, 0) + fillerOf(payloadBytes);
  return new Writer(talk, archive, { name, payload, window }, latencies, (reason) =>
    fail(new Error(`the connection of ${name} was closed: ${reason.message}`)),
  );
}

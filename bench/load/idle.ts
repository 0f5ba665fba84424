// Many log in and then send nothing: the cost of a login, and of an idle connection. The short form ends with the few.

import { setTimeout as wait } from 'node:timers/promises';
import { Crowd } from '../load/crowd.ts';
import { timed, type Lap } from '../load/stopwatch.ts';
import type { Figure } from '../scenario.ts';
import type { Measured, Stage } from '../stage.ts';
import { residentBytes } from '../system/process-meter.ts';

export const few = 1000;
export const many = 10_000;

export const idleFigures: readonly Figure[] = [
  {
    key: 'loginsPerCpuSecond',
    title: 'logins per CPU second',
    unit: 'per CPU second',
    better: 'more',
  },
  { key: 'loginsPerSecond', title: 'logins per second', unit: 'per second', better: 'more' },
  {
    key: 'bytesFew',
    title: 'bytes per idle connection, at 1,000',
    unit: 'bytes',
    better: 'less',
  },
  {
    key: 'bytesMany',
    title: 'bytes per idle connection, at 10,000',
    unit: 'bytes',
    better: 'less',
  },
  {
    key: 'bytesManyAtOnce',
    title: 'the same, right after the last login',
    unit: 'bytes',
    better: 'less',
    aside: true,
  },
];

/** Runs it. */
export async function measureIdle({ dialect, port, pid, short }: Stage): Promise<Measured> {
  const empty = await settledBytes(pid, short);

  const crowd = new Crowd(port, dialect);
  const beginning = await timed(pid, () => crowd.grow(few));
  const withFew = await settledBytes(pid, short);
  const some = {
    ...logins(few, [beginning]),
    bytesFew: (withFew - empty) / few,
  };
  if (short) {
    crowd.leave();
    return some;
  }
  const rest = await timed(pid, () => crowd.grow(many));
  const atOnce = residentBytes(pid);
  const withMany = await settledBytes(pid, short);
  crowd.leave();

  return {
    ...some,
    ...logins(many, [beginning, rest]),
    bytesMany: (withMany - empty) / many,
    bytesManyAtOnce: (atOnce - empty) / many,
  };
}

function logins(count: number, laps: readonly Lap[]): Measured {
  const sum = (of: (lap: Lap) => number) => laps.reduce((total, lap) => total + of(lap), 0);
  return {
    loginsPerCpuSecond: count / sum((lap) => lap.serverCpuSeconds),
    loginsPerSecond: count / sum((lap) => lap.seconds),
  };
}

/**
 * The resident memory after a while. The while is the same for every server, not until nothing changes, because some
 * give memory back late: allocators keep freed pages for ten seconds, helo for up to sixteen, and garbage collectors have their own time.
 */
async function settledBytes(pid: number, short: boolean): Promise<number> {
  await wait(short ? 1500 : 20_000);
  return residentBytes(pid);
}

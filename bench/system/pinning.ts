// One CPU for the server under test and another for the generator, so that neither takes time from the other.

import { readFileSync } from 'node:fs';
import { findProgram } from './programs.ts';

export interface Pinning {
  /** The CPU of each. Undefined if they cannot be separated. */
  readonly server: number | undefined;
  readonly generator: number | undefined;
  /** A note about it, for the report. */
  readonly note: string;
}

/** Chooses CPUs among those that this process may use. */
export function choosePinning(): Pinning {
  const cpus = allowedCpus(readFileSync('/proc/self/status', 'latin1'));
  const [first, second] = cpus;
  if (first === undefined || second === undefined) {
    return unpinned('not pinned: there is one CPU, which server and generator share');
  }
  if (findProgram('taskset') === undefined) {
    return unpinned('not pinned: no taskset here (apt-get install util-linux)');
  }
  return {
    generator: first,
    server: second,
    note: `server pinned to CPU ${second}, generator to CPU ${first}`,
  };
}

/** The command that runs `command` on `cpu`. */
export function pinned(
  cpu: number | undefined,
  command: string,
  args: readonly string[],
): readonly [command: string, args: readonly string[]] {
  return cpu === undefined
    ? [command, args]
    : [findProgram('taskset') ?? 'taskset', ['--cpu-list', String(cpu), command, ...args]];
}

/** The CPUs in the field of /proc/PID/status that looks like `0-1,4`. */
export function allowedCpus(status: string): readonly number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  if (list === undefined) return [];
  return list.split(',').flatMap((range) => {
    const [from = NaN, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  });
}

function unpinned(note: string): Pinning {
  return { server: undefined, generator: undefined, note };
}

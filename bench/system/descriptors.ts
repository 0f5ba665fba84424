// How many files a process may have open: one for each connection, in the server and in the generator.

import { readFileSync } from 'node:fs';

/** Descriptors for everything that is not a connection. */
const others = 100;

/** What to do so that a process may hold `connections`. Undefined if it may already. */
export function descriptorHint(connections: number): string | undefined {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const soft = Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Infinity);
  const needed = connections + others;
  if (soft >= needed) return undefined;
  return (
    `${connections} connections need ${needed} open files, and ${soft} are allowed here: ` +
    `run \`ulimit -n ${needed}\` first (as root: \`ulimit -Hn ${needed}\` before it), ` +
    'or choose others with --only'
  );
}

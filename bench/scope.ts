// Whatever a scenario starts of the tests' support ends with it.

import type { Scope } from '../test/support/scope.ts';

/** Runs `act`, and afterwards ends what it has started, the last first. */
export async function inScope<T>(act: (scope: Scope) => Promise<T>): Promise<T> {
  const ends: (() => unknown)[] = [];
  try {
    return await act({ after: (end) => void ends.push(end) });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

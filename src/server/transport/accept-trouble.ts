// Connections that the system could not pass on, mostly for lack of descriptors: they are closed without a reply, so
// the operator must learn of it. One log line a minute at most, with the count since the last one.

import { systemCode, systemReason } from '../../lib/system-error.ts';
import type { Logger } from '../log.ts';

/** The shortest time between two lines. */
const quietMs = 60_000;

/** A function to call with each accept error. `now` in milliseconds. */
export function acceptTrouble(log: Logger, now: () => number): (error: unknown) => void {
  let cut = 0;
  let saidAt: number | undefined;
  return (error) => {
    cut += 1;
    if (saidAt !== undefined && now() - saidAt < quietMs) return;
    saidAt = now();
    log.warn(
      { code: systemCode(error) ?? 'unknown', connections: cut },
      `connections are cut before they are taken: ${systemReason(error)}`,
    );
    cut = 0;
  };
}

// Waits for the last deliveries: nothing may be missing at the end.

import { setTimeout as wait } from 'node:timers/promises';
import type { Ledger } from './ledger.ts';

/** How long the last deliveries may take after the last message. */
const settleWithinMs = 20_000;

/** Resolves when everything was received and `complete` is true. Rejects if something is missing. */
export async function whenSettled(ledger: Ledger, complete: () => boolean): Promise<void> {
  const deadline = performance.now() + settleWithinMs;
  while (!ledger.settled() || !complete()) {
    if (performance.now() > deadline) {
      throw new Error(`${ledger.outstanding()} deliveries are missing after the last message`);
    }
    await wait(5);
  }
}

// Waits before a long answer until the client has read most of the earlier output: a client that asks for much and reads
// slowly waits, instead of being closed as a slow consumer.

import type { Clock } from '../clock.ts';
import type { Transport } from '../transport/transport.ts';

/** If a connection has more unsent bytes than this, it must wait, and is checked again after this time. */
const maxUnsentBytes = 256 * 1024;
const unsentWaitMs = 20;

/** Resolves when most of the earlier output was read, or the connection has ended. */
export async function whenRead(
  clock: Clock,
  transport: () => Transport | undefined,
): Promise<void> {
  while ((transport()?.unsentBytes ?? 0) > maxUnsentBytes) {
    await new Promise<void>((resolve) => void clock.after(unsentWaitMs, resolve));
  }
}

// How the system ends a chat: the terminal is given back whole before anything else happens.
import type { LineClient } from '../../terminal/line/line-client.ts';

/**
 * Ctrl-C (where the terminal does not hand it over as a key) interrupts. SIGTERM and SIGHUP end the process as they
 * do elsewhere, after the terminal is in order.
 */
export function leaveOnSignals(process: NodeJS.Process, client: LineClient): void {
  process.on('SIGINT', () => client.interrupt());
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      client.interrupt();
      process.kill(process.pid, signal);
    });
  }
  // Complaints that nobody takes are no reason to fail.
  process.stderr.on('error', () => {});
}

// How the system ends a chat: the terminal is given back whole before anything else happens.

/** A chat that can be left at once, with the terminal in order. */
export interface Interruptible {
  interrupt(): void;
}

/**
 * Ctrl-C (where the terminal does not hand it over as a key) interrupts. SIGTERM and SIGHUP end the process as they
 * do elsewhere, after the terminal is in order.
 */
export function leaveOnSignals(process: NodeJS.Process, client: Interruptible): void {
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

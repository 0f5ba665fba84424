// How signals end a chat: the terminal is restored before anything else happens.

/** A chat that can be left at once, with the terminal in order. */
export interface Interruptible {
  interrupt(): void;
}

/**
 * Ctrl-C (where the terminal does not hand it over as a key) interrupts, and so does the end of the terminal. SIGTERM
 * ends the process as it does elsewhere, after the terminal is in order. What is returned leaves the signals alone again.
 */
export function leaveOnSignals(process: NodeJS.Process, client: Interruptible): () => void {
  const onInterrupt = () => {
    client.interrupt();
  };
  const onEnd = (signal: NodeJS.Signals) => {
    stop();
    client.interrupt();
    process.kill(process.pid, signal);
  };
  const stop = () => {
    process.off('SIGINT', onInterrupt).off('SIGHUP', onInterrupt).off('SIGTERM', onEnd);
  };
  process.on('SIGINT', onInterrupt).on('SIGHUP', onInterrupt).on('SIGTERM', onEnd);
  // Complaints that nobody takes are no reason to fail.
  process.stderr.on('error', () => {});
  return stop;
}

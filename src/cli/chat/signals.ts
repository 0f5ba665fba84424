// How signals end a chat: the terminal is restored before anything else happens.

/** A chat that can end at once and restore the terminal. */
export interface Interruptible {
  interrupt(): void;
}

/**
 * Ctrl-C (if the terminal does not send it as a key) and the end of the terminal interrupt the chat. SIGTERM restores
 * the terminal, then ends the process as usual. The returned function removes the handlers.
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
  // Errors that nobody reads must not end the program.
  process.stderr.on('error', () => {});
  return stop;
}

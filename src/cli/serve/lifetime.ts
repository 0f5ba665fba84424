// From start to end of a serving process: the signals that end it, and what it says when a bug does.
import type { EventEmitter } from 'node:events';
import { crashFields } from '../../lib/crash.ts';
import type { Logger } from '../../server/log.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';

/** What is used of the process: its signals and its end. */
export interface Process extends Pick<EventEmitter, 'on' | 'prependListener'> {
  exit(code: ExitCode): void;
}

/**
 * Resolves with the first SIGINT or SIGTERM. The next one ends the process at once: whoever sends it does
 * not want to wait.
 */
export function stopSignal(process: Process): Promise<string> {
  return new Promise((resolve) => {
    let stopping = false;
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.on(signal, () => {
        if (stopping) process.exit(exitCodes.interrupted);
        stopping = true;
        resolve(signal);
      });
    }
  });
}

/**
 * Runs `reload` at every SIGHUP, one after the other, so that the last one sees the newest files. SIGHUP
 * never ends the server: terminals send it when they close.
 */
export function onHangup(process: Process, reload: () => Promise<void>): void {
  let last = Promise.resolve();
  process.on('SIGHUP', () => {
    last = last.then(reload);
  });
}

/** Writes bugs to the log, where operators look for them, and ends the process. */
export function logCrashes(process: Process, log: Logger): void {
  process.prependListener('uncaughtException', (error: unknown) => {
    log.error({ ...crashFields(error) }, 'stopped by a bug of its own, please report it');
    process.exit(exitCodes.bug);
  });
}

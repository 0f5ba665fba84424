// A serving process from start to end: the signals that end it, and its message when a bug does.
import type { EventEmitter } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import { crashFields } from '../../lib/crash.ts';
import type { Logger } from '../../server/log.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';

/** The part of the process that is used here: its signals and its end. */
export interface Process extends Pick<EventEmitter, 'on' | 'prependListener'> {
  exit(code: ExitCode): void;
}

/** Whether the terminal of the process was closed. */
export type IsTerminalGone = () => boolean;

/**
 * Watches the terminal of the process, if it has one: standard input or output. After a window is closed, these are no
 * longer terminals. After its shell has ended, the process has no controlling terminal any more. A process that never
 * had a terminal (a daemon, nohup) cannot lose it.
 */
export function watchTerminal(
  isTerminal: (fd: number) => boolean = isatty,
  isControlled: () => boolean = hasControllingTerminal,
): IsTerminalGone {
  const ends = [0, 1].filter((fd) => isTerminal(fd));
  const wasControlled = ends.length > 0 && isControlled();
  return () =>
    ends.length > 0 && (!ends.some((fd) => isTerminal(fd)) || (wasControlled && !isControlled()));
}

function hasControllingTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', constants.O_RDONLY | constants.O_NOCTTY));
    return true;
  } catch {
    // The system reports this way that there is none.
    return false;
  }
}

/**
 * Resolves with the first signal that ends the server: SIGINT, SIGTERM, or a SIGHUP because its terminal was closed.
 * The next signal ends the process at once: the person does not want to wait.
 */
export function stopSignal(process: Process, isTerminalGone: IsTerminalGone): Promise<string> {
  return new Promise((resolve) => {
    let stopping = false;
    const stop = (signal: string) => {
      if (stopping) process.exit(exitCodes.interrupted);
      stopping = true;
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(signal));
    // The shell sends a second SIGHUP after the system's. Several of them do not mean that the person is impatient.
    process.on('SIGHUP', () => {
      if (isTerminalGone() && !stopping) stop('SIGHUP');
    });
  });
}

/**
 * Runs `reload` at every SIGHUP that somebody sent, one after the other, so that the last one reads the newest files.
 * Those never end the server.
 */
export function onHangup(
  process: Process,
  isTerminalGone: IsTerminalGone,
  reload: () => Promise<void>,
): void {
  let last = Promise.resolve();
  process.on('SIGHUP', () => {
    if (!isTerminalGone()) last = last.then(reload);
  });
}

/** Writes bugs to the log, where operators look for them, and ends the process. */
export function logCrashes(process: Process, log: Logger): void {
  process.prependListener('uncaughtException', (error: unknown) => {
    log.error({ ...crashFields(error) }, 'stopped by a bug of its own, please report it');
    process.exit(exitCodes.bug);
  });
}

// The streams of the process, and whether a person is there.
import type { ReadStream, WriteStream } from 'node:tty';
import type { Environment } from '../../platform/node/home.ts';

/** The streams of the process. */
export interface Streams {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
}

/** Whether a person sits in front of both ends. */
export function isInteractive({ stdin, stdout }: Streams): boolean {
  return stdin.isTTY && stdout.isTTY;
}

/** Whether there is a terminal for a full screen, and nobody said no. */
export function hasScreen(streams: Streams, env: Environment, isPlain: boolean): boolean {
  return isInteractive(streams) && !isPlain && env['TERM'] !== 'dumb';
}

// The streams of the process, and whether a person is there.
import type { ReadStream, WriteStream } from 'node:tty';
import type { Environment } from '../../platform/node/home.ts';

export interface Streams {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
}

/** Whether both streams are a terminal with a person. */
export function isInteractive({ stdin, stdout }: Streams): boolean {
  return stdin.isTTY && stdout.isTTY;
}

/** Whether there is a terminal for a full screen, and nothing forbids it. */
export function hasScreen(streams: Streams, env: Environment, isPlain: boolean): boolean {
  return isInteractive(streams) && !isPlain && env['TERM'] !== 'dumb';
}

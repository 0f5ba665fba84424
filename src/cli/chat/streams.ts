// The streams of the process, and whether a person is there.
import type { ReadStream, WriteStream } from 'node:tty';

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

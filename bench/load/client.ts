// One connection of the load generator. All of them read into one buffer, which is only valid until the reader returns:
// nothing is allocated for a read.

import { connect, type Socket } from 'node:net';
import type { Step } from '../dialect.ts';
import { FrameReader } from './frames.ts';
import { Script } from './script.ts';

/** Handles the first `end` bytes of `bytes`, which are overwritten afterwards. */
export type Reader = (bytes: Buffer, end: number) => void;

/** The largest read. */
const shared = Buffer.allocUnsafeSlow(256 * 1024);

export class Client {
  readonly #socket: Socket;
  readonly #script: Script;
  #reader: Reader;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #closed: ((reason: Error) => void) | undefined;

  /** Begins to connect to this machine's `port`. What comes may be in frames of a WebSocket. */
  constructor(port: number, inFrames = false) {
    const frames = inFrames ? new FrameReader() : undefined;
    this.#script = new Script(
      (text) => this.send(text),
      () => this.#settled(),
    );
    const toScript: Reader = (bytes, end) =>
      this.#script.received(bytes.toString('latin1', 0, end));
    this.#reader = toScript;
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (end) => {
          const length = frames?.strip(shared, end) ?? end;
          if (length > 0) this.#reader(shared, length);
          return true;
        },
      },
    });
    let reason = new Error('the server closed the connection');
    this.#socket.on('error', (error) => (reason = error));
    this.#socket.on('close', () => {
      this.#settle?.reject(new Error(`${reason.message}, ${this.#script.describe()}`));
      this.#closed?.(reason);
    });
  }

  /** Plays a conversation. Rejects if the connection ends before it. */
  play(steps: readonly Step[]): Promise<void> {
    if (steps.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#script.play(steps);
    });
  }

  /** The state of its conversation, for an error about one that is stuck. */
  describe(): string {
    return this.#script.describe();
  }

  /** From now on received bytes go to `reader`, and the end of the connection to `closed`. */
  readTo(reader: Reader, closed: (reason: Error) => void): void {
    this.#reader = reader;
    this.#closed = closed;
  }

  /** Sends a binary string. */
  send(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** Reads nothing more until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends the connection at once, without a report. */
  destroy(): void {
    this.#closed = undefined;
    this.#settle = undefined;
    this.#socket.resetAndDestroy();
  }

  #settled(): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.resolve();
  }
}

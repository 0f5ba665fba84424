// Sends a part of a file to whoever fetches it. Never holds more than one buffer. Invariant: the file is read only while
// nothing waits for the receiver.

import type { FileHandle } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../clock.ts';
import type { LentBuffer, ReadBuffers } from '../read-buffers.ts';
import { StallWatch } from '../stall-watch.ts';

export interface SenderSettings {
  readonly clock: Clock;
  readonly buffers: ReadBuffers;
  readonly stallTimeoutMs: number;
  /** Called once, when the file is not read any more. `isWhole`: all of it was sent. */
  readonly ended: (isWhole: boolean) => void;
}

export class FileSender {
  readonly #file: FileHandle;
  readonly #socket: Duplex;
  readonly #settings: SenderSettings;
  readonly #buffer: LentBuffer;
  readonly #stall: StallWatch;
  #isOver = false;

  /** Starts at once. */
  constructor(
    file: FileHandle,
    { from, to }: { readonly from: number; readonly to: number },
    socket: Duplex,
    settings: SenderSettings,
  ) {
    const { clock, buffers, stallTimeoutMs } = settings;
    this.#file = file;
    this.#socket = socket;
    this.#settings = settings;
    this.#buffer = buffers.lend();
    this.#stall = new StallWatch(clock, stallTimeoutMs, () => this.stop());
    // Who fetches has nothing to say.
    socket.on('data', () => this.stop());
    socket.on('close', () => this.stop());
    // 'close' follows every error and is what counts.
    socket.on('error', () => {});
    socket.resume();
    void this.#send(from, to);
  }

  /** Sends no more. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stall.stop();
    this.#socket.destroy();
  }

  async #send(from: number, to: number): Promise<void> {
    let isWhole = false;
    try {
      isWhole = await this.#sendPart(from, to);
    } catch {
      // The disk fails: the receiver sees that something is missing.
    }
    if (isWhole) {
      this.#isOver = true;
      this.#stall.stop();
    } else this.stop();
    this.#buffer.giveBack();
    try {
      await this.#file.close();
    } finally {
      this.#settings.ended(isWhole);
    }
  }

  async #sendPart(from: number, to: number): Promise<boolean> {
    const { bytes } = this.#buffer;
    for (let position = from; position < to;) {
      const length = Math.min(bytes.length, to - position);
      const { bytesRead } = await this.#file.read(bytes, 0, length, position);
      if (this.#isOver || bytesRead === 0) return false;
      if (!(await this.#written(bytes.subarray(0, bytesRead)))) return false;
      position += bytesRead;
    }
    return !this.#isOver;
  }

  /** Whether the system has the bytes: the buffer may be used again. */
  #written(bytes: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => {
      this.#socket.write(bytes, (error) => {
        this.#stall.progress();
        resolve(error === undefined || error === null);
      });
    });
  }
}

// Writes what an uploader sends to a file, and flushes it from time to time. Never holds more than was read at once, and
// never looks at the content. Invariants: the socket is read only while nothing waits to be written; what is reported is
// flushed.

import type { FileHandle } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../clock.ts';
import type { ReadBuffers, LentBuffer } from '../read-buffers.ts';
import { openSource, type RelaySource } from '../source.ts';
import { StallWatch } from '../stall-watch.ts';

/** After so many bytes they are flushed and reported. */
const flushBytes = 8 * 1024 * 1024;

/** How an upload ended. `have`: how much is flushed. */
export interface WriteEnd {
  readonly have: number;
  /** The disk refused. */
  readonly why: 'no-room' | undefined;
}

export interface WriterSettings {
  readonly clock: Clock;
  readonly buffers: ReadBuffers;
  readonly stallTimeoutMs: number;
  /** So many bytes are flushed. */
  readonly moved: (have: number) => void;
  /** Called once, when nothing is written any more. The socket is still open, unless the other side closed it. */
  readonly ended: (end: WriteEnd) => void;
}

export class FileWriter {
  readonly #file: FileHandle;
  readonly #to: number;
  readonly #settings: WriterSettings;
  readonly #buffer: LentBuffer;
  readonly #source: RelaySource;
  readonly #stall: StallWatch;
  /** Bytes that wait to be written, in their order. */
  readonly #waiting: Uint8Array[] = [];
  #position: number;
  #flushed: number;
  #phase: 'reading' | 'ending' | 'ended' = 'reading';
  /** From the beginning on, until everything is set up. */
  #isWriting = true;

  /** Starts at once: `socket` is paused, `rest` came from it already. Nothing behind `to` is written. */
  constructor(
    file: FileHandle,
    { from, to }: { readonly from: number; readonly to: number },
    socket: Duplex,
    rest: Uint8Array,
    settings: WriterSettings,
  ) {
    const { clock, buffers, stallTimeoutMs } = settings;
    this.#file = file;
    this.#to = to;
    this.#settings = settings;
    this.#position = from;
    this.#flushed = from;
    this.#stall = new StallWatch(clock, stallTimeoutMs, () => this.stop());
    this.#buffer = buffers.lend();
    this.#waiting.push(rest);
    this.#source = openSource(socket, this.#buffer.bytes, (bytes) => this.#take(bytes));
    const moved = this.#source.socket;
    moved.on('end', () => this.stop());
    moved.on('close', () => this.stop());
    // 'close' follows every error and is what counts.
    moved.on('error', () => {});
    this.#isWriting = false;
    void this.#write();
  }

  #take(bytes: Uint8Array): boolean {
    // What comes behind the end is discarded.
    if (this.#phase === 'ended') return true;
    this.#waiting.push(bytes);
    void this.#write();
    return false;
  }

  /** The uploader's socket. It is not the one that was given. */
  get socket(): Duplex {
    return this.#source.socket;
  }

  /** Reads no more. What came is written and flushed, then it has ended. */
  stop(): void {
    if (this.#phase !== 'reading') return;
    this.#phase = 'ending';
    this.#stall.stop();
    this.#source.socket.pause();
    void this.#write();
  }

  async #write(): Promise<void> {
    if (this.#isWriting || this.#phase === 'ended') return;
    this.#isWriting = true;
    try {
      for (let bytes = this.#waiting.shift(); bytes !== undefined; bytes = this.#waiting.shift()) {
        await this.#writeAll(bytes);
        if (this.#position - this.#flushed >= flushBytes) await this.#flush();
      }
      if (this.#phase === 'ending') await this.#flush();
    } catch {
      // A full disk, or one that fails: what is not flushed does not count.
      await this.#end('no-room');
      return;
    }
    this.#isWriting = false;
    if (this.#phase === 'ending') {
      if (this.#waiting.length > 0) void this.#write();
      else await this.#end(undefined);
    } else this.#source.resume();
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    this.#stall.progress();
    const room = this.#to - this.#position;
    const wanted = bytes.subarray(0, room);
    for (let done = 0; done < wanted.length;) {
      const { bytesWritten } = await this.#file.write(
        wanted,
        done,
        wanted.length - done,
        this.#position,
      );
      done += bytesWritten;
      this.#position += bytesWritten;
    }
    // More than was said.
    if (bytes.length > room) this.stop();
  }

  async #flush(): Promise<void> {
    if (this.#position === this.#flushed) return;
    const position = this.#position;
    await this.#file.datasync();
    this.#flushed = position;
    if (this.#phase === 'reading') this.#settings.moved(position);
  }

  async #end(why: WriteEnd['why']): Promise<void> {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    this.#stall.stop();
    this.#buffer.giveBack();
    try {
      await this.#file.close();
    } finally {
      this.#settings.ended({ have: this.#flushed, why });
    }
  }
}

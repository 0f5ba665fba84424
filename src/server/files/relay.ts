// Relays a file: bytes from the sender's socket to the receiver's, and the receiver's status back. Never holds more
// than one buffer, and never looks at the content: the two clients agree where the file ends. Knows nothing of ports
// and admission. Invariant: the sender is read only while nothing waits for the receiver.

import type { Duplex } from 'node:stream';
import type { TransferPlan } from '../../hub/effects.ts';
import {
  formatFileHeader,
  maxStatusLineBytes,
  parseFileStatus,
  type FileStatus,
} from '../../wire/transfer.ts';
import { binaryFromBytes } from '../binary-string.ts';
import type { Clock } from '../clock.ts';
import { openSource, type RelaySource } from './source.ts';
import { StallWatch } from './stall-watch.ts';
import type { LentBuffer, ReadBuffers } from './read-buffers.ts';

export interface RelaySides {
  /** Paused. */
  readonly sender: Duplex;
  /** The bytes of the file that came with the header. */
  readonly senderRest: Uint8Array;
  readonly receiver: Duplex;
}

/** Why a relay has ended, for the log. */
export type RelayEnd = 'status' | 'sender-gone' | 'receiver-gone' | 'stalled';

export interface RelaySettings {
  readonly clock: Clock;
  readonly buffers: ReadBuffers;
  /** How long nothing may move, in milliseconds. */
  readonly stallTimeoutMs: number;
  /** Called once. The sockets are still open, unless the other sides closed them. */
  readonly ended: (status: FileStatus, end: RelayEnd) => void;
}

export class Relay {
  readonly #plan: TransferPlan;
  readonly #receiver: Duplex;
  readonly #settings: RelaySettings;
  readonly #buffer: LentBuffer;
  readonly #source: RelaySource;
  /** Whether written bytes wait for the receiver. */
  #blocked = false;
  #statusLine = '';
  readonly #stall: StallWatch;
  #over = false;

  /** Starts at once. */
  constructor(plan: TransferPlan, sides: RelaySides, settings: RelaySettings) {
    const { clock, buffers, stallTimeoutMs } = settings;
    this.#plan = plan;
    this.#receiver = sides.receiver;
    this.#settings = settings;
    this.#stall = new StallWatch(clock, stallTimeoutMs, () => this.#end('corrupted', 'stalled'));
    const { sender, metadata } = plan;
    // [7.11] The sender's name twice, as in version 1.
    this.#receiver.write(`${formatFileHeader(sender.name, sender.name, metadata)} `, 'latin1');
    this.#take(sides.senderRest);
    this.#buffer = buffers.lend();
    this.#source = openSource(sides.sender, this.#buffer.bytes, this.#take);
    this.#listen();
    this.#receiver.resume();
    this.#readOn();
  }

  /** The sender's socket. It is not the one that came with the sides. */
  get sender(): Duplex {
    return this.#source.socket;
  }

  /** Stops without sending anything. What the sender still sends is discarded, if it is read once `flushed`. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stall.stop();
    this.#buffer.giveBack();
  }

  /**
   * Resolves when the buffer may be used again: nothing written from it waits for the receiver, whose output was ended.
   */
  get flushed(): Promise<void> {
    const receiver = this.#receiver;
    return new Promise((resolve) => {
      if (receiver.writableLength === 0 || receiver.closed) resolve();
      receiver.once('finish', resolve);
      receiver.once('close', resolve);
    });
  }

  #listen(): void {
    const { sender } = this;
    sender.on('end', () => {
      // The status is still to come: only this direction is over.
      if (!this.#over) this.#receiver.end();
    });
    sender.on('close', () => this.#end('corrupted', 'sender-gone'));
    // 'close' follows every error and is what counts.
    sender.on('error', () => {});
    this.#receiver.on('data', (chunk: Buffer) => this.#readStatus(chunk));
    this.#receiver.on('end', () => this.#receiverGone());
    this.#receiver.on('close', () => this.#receiverGone());
  }

  readonly #take = (bytes: Uint8Array): boolean => {
    this.#stall.progress();
    if (!this.#over && this.#receiver.writable) this.#receiver.write(bytes, this.#written);
    return this.#mayReadOn();
  };

  readonly #written = (): void => {
    this.#stall.progress();
    if (this.#blocked) this.#readOn();
  };

  #readOn(): void {
    if (this.#mayReadOn()) this.#source.resume();
  }

  /** Otherwise this is checked again later: the buffer must not be filled while a write of it is in progress. */
  #mayReadOn(): boolean {
    this.#blocked = !this.#over && this.#receiver.writableLength > 0;
    return !this.#blocked;
  }

  #readStatus(chunk: Uint8Array): void {
    if (this.#over) return;
    const end = chunk.indexOf(10);
    // One byte more than the longest line, for the CR of a line end.
    const room = maxStatusLineBytes + 1 - this.#statusLine.length;
    const part = chunk.subarray(0, end < 0 ? chunk.length : end);
    if (part.length > room) {
      this.#end('corrupted', 'status');
      return;
    }
    this.#statusLine += binaryFromBytes(part);
    if (end >= 0) this.#end(this.#status() ?? 'corrupted', 'status');
  }

  /** The receiver's status, if it is exactly one of version 1's. */
  #status(): FileStatus | undefined {
    return parseFileStatus(this.#statusLine.replace(/\r$/, ''), this.#plan.sender.name);
  }

  #receiverGone(): void {
    // The last line may lack its end.
    const status = this.#status();
    this.#end(status ?? 'corrupted', status === undefined ? 'receiver-gone' : 'status');
  }

  #end(status: FileStatus, end: RelayEnd): void {
    if (this.#over) return;
    this.stop();
    this.#settings.ended(status, end);
  }
}

// A file on its way: bytes from the sender's socket to the receiver's, and the receiver's status back. Never holds
// more than a chunk, and never looks at the content: where the file ends is between the two people.
// Knows nothing of ports and admission.

import type { Socket } from 'node:net';
import type { TransferPlan } from '../../hub/effects.ts';
import {
  formatFileHeader,
  maxStatusLineBytes,
  parseFileStatus,
  type FileStatus,
} from '../../wire/transfer.ts';
import { binaryFromBytes } from '../binary-string.ts';
import type { Clock } from '../clock.ts';

export interface RelaySides {
  readonly sender: Socket;
  /** What of the file has come with the header. */
  readonly senderRest: Uint8Array;
  readonly receiver: Socket;
}

/** Why a relay has ended, for the log. */
export type RelayEnd = 'status' | 'sender-gone' | 'receiver-gone' | 'stalled';

export interface RelaySettings {
  readonly clock: Clock;
  /** How long nothing may move, in milliseconds. */
  readonly stallTimeoutMs: number;
  /** Called once. The sockets are still open, unless their sides have closed them. */
  readonly ended: (status: FileStatus, end: RelayEnd) => void;
}

export class Relay {
  readonly #plan: TransferPlan;
  readonly #sender: Socket;
  readonly #receiver: Socket;
  readonly #settings: RelaySettings;
  #statusLine = '';
  #lastProgress: number;
  #cancelTimer: () => void = () => {};
  #over = false;

  /** Starts at once. */
  constructor(plan: TransferPlan, sides: RelaySides, settings: RelaySettings) {
    this.#plan = plan;
    this.#sender = sides.sender;
    this.#receiver = sides.receiver;
    this.#settings = settings;
    this.#lastProgress = settings.clock.now();
    this.#watchForStall(settings.stallTimeoutMs);
    this.#listen();
    const { sender, metadata } = plan;
    // [7.11] The sender's name twice, as in the seed.
    this.#receiver.write(`${formatFileHeader(sender.name, sender.name, metadata)} `, 'latin1');
    this.#pass(sides.senderRest);
    this.#sender.resume();
    this.#receiver.resume();
  }

  /** Stops without a word to anybody. */
  stop(): void {
    this.#over = true;
    this.#cancelTimer();
  }

  #listen(): void {
    this.#sender.on('data', (chunk: Buffer) => this.#pass(chunk));
    this.#sender.on('end', () => {
      // The status is still to come: only this direction is over.
      if (!this.#over) this.#receiver.end();
    });
    this.#sender.on('close', () => this.#end('corrupted', 'sender-gone'));
    this.#receiver.on('data', (chunk: Buffer) => this.#readStatus(chunk));
    this.#receiver.on('drain', () => {
      this.#progress();
      this.#sender.resume();
    });
    this.#receiver.on('end', () => this.#receiverGone());
    this.#receiver.on('close', () => this.#receiverGone());
  }

  #pass(bytes: Uint8Array): void {
    this.#progress();
    if (!this.#receiver.writable || bytes.length === 0) return;
    if (!this.#receiver.write(bytes)) this.#sender.pause();
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

  /** What the receiver has said; anything but a status in the seed's words is none. */
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

  #progress(): void {
    this.#lastProgress = this.#settings.clock.now();
  }

  #watchForStall(afterMs: number): void {
    const { clock, stallTimeoutMs } = this.#settings;
    this.#cancelTimer = clock.after(afterMs, () => {
      const left = this.#lastProgress + stallTimeoutMs - clock.now();
      if (left > 0) this.#watchForStall(left);
      else this.#end('corrupted', 'stalled');
    });
  }
}

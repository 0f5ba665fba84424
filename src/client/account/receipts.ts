// What this device owes the server and its own store, and may gather for a moment: that private messages are stored
// here, so that the server lets go of them, and how far the person has read.

import type { Timers } from '../ports.ts';
import type { Conversation } from './conversations.ts';
import type { Journal } from './journal.ts';
import { receiptDelayMs } from './limits.ts';

export interface ReceiptPorts {
  readonly journal: Journal;
  readonly timers: Timers;
  /** Tells the server that everything up to `seq` is stored here. */
  readonly got: (conversation: Conversation, seq: number) => void;
}

export class Receipts {
  readonly #ports: ReceiptPorts;
  readonly #stored = new Map<Conversation, number>();
  readonly #read = new Set<Conversation>();
  #cancel: (() => void) | undefined;

  constructor(ports: ReceiptPorts) {
    this.#ports = ports;
  }

  /** A private message is on the disk. */
  stored(conversation: Conversation, seq: number): void {
    this.#stored.set(conversation, seq);
    this.#wait();
  }

  /** Its numbers are of another log from here on. */
  forget(conversation: Conversation): void {
    this.#stored.delete(conversation);
  }

  /** The person has seen everything up to `upTo`, or all that is here. */
  read(conversation: Conversation, upTo: number | undefined): void {
    const { cursor, unread } = conversation;
    const seen = Math.min(upTo ?? cursor, cursor);
    conversation.unread = seen === cursor ? 0 : Math.max(0, unread - 1);
    if (conversation.read >= seen) return;
    conversation.record = { ...conversation.record, read: seen };
    this.#read.add(conversation);
    this.#wait();
  }

  /** Gives what is due at once. Resolves when the marks are written. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const [conversation, seq] of this.#stored) this.#ports.got(conversation, seq);
    this.#stored.clear();
    const changes = [...this.#read].map(
      ({ record }) => ({ type: 'conversation', conversation: record }) as const,
    );
    this.#read.clear();
    if (changes.length > 0) await this.#ports.journal.write(changes);
  }

  #wait(): void {
    this.#cancel ??= this.#ports.timers.after(receiptDelayMs, () => {
      // Where it can't be written the journal has told it.
      this.flush().catch(() => {});
    });
  }
}

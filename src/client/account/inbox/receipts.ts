// What this device owes the server and its own store, and may delay for a moment: the acknowledgement that private
// messages are stored here, so that the server can delete them, and how far the person has read. Writes nothing: read
// marks go to the disk with the next batch of the inbox, which alone writes the state of a conversation, after a
// moment at the latest.

import type { Timers } from '../../ports.ts';
import type { Conversation } from '../conversations.ts';
import { receiptDelayMs } from '../limits.ts';

export interface ReceiptPorts {
  readonly timers: Timers;
  /** Tells the server that everything up to `seq` is stored here. */
  readonly got: (conversation: Conversation, seq: number) => void;
  /** The person has seen more than before. */
  readonly seen: (conversation: Conversation) => void;
  /** Requests a write of these read marks. */
  readonly writeSeen: (conversations: readonly Conversation[]) => void;
}

export class Receipts {
  readonly #ports: ReceiptPorts;
  readonly #stored = new Map<Conversation, number>();
  readonly #seen = new Set<Conversation>();
  #cancel: (() => void) | undefined;

  constructor(ports: ReceiptPorts) {
    this.#ports = ports;
  }

  /** Private messages up to `seq` are on the disk. */
  stored(conversation: Conversation, seq: number): void {
    this.#stored.set(conversation, seq);
    this.#wait();
  }

  /** Its numbers belong to another log from now on. */
  forget(conversation: Conversation): void {
    this.#stored.delete(conversation);
  }

  /** The person has seen everything up to `upTo`, or everything that is here. */
  read(conversation: Conversation, upTo: number | undefined): void {
    const { cursor, unread } = conversation;
    const seen = Math.min(upTo ?? cursor, cursor);
    conversation.unread = seen === cursor ? 0 : Math.max(0, unread - 1);
    if (conversation.seen >= seen) return;
    conversation.seen = seen;
    this.#seen.add(conversation);
    this.#ports.seen(conversation);
    this.#wait();
  }

  /** Takes the read marks that no record has yet. The caller must write them. */
  takeSeen(): readonly Conversation[] {
    const seen = [...this.#seen];
    this.#seen.clear();
    return seen;
  }

  /** Sends what is due at once. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const [conversation, seq] of this.#stored) this.#ports.got(conversation, seq);
    this.#stored.clear();
    if (this.#seen.size > 0) this.#ports.writeSeen([...this.#seen]);
  }

  #wait(): void {
    this.#cancel ??= this.#ports.timers.after(receiptDelayMs, () => this.flush());
  }
}

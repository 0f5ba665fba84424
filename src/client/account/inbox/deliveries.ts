// Which own private messages the other side's device has, as far as this run knows: the server says up to which
// number, maybe before it has said which number a message of this device has. Writes and emits nothing.

import type { Conversation } from '../conversations.ts';
import { maxUndelivered } from '../limits.ts';

interface Numbered<Own> {
  readonly own: Own;
  readonly seq: number;
}

export class Deliveries<Own> {
  readonly #waiting = new Map<Conversation, readonly Numbered<Own>[]>();
  /** The other device has everything up to there. */
  readonly #reached = new Map<Conversation, number>();

  /**
   * An own message has its number now. Returns whether the other device has it already. Otherwise `reach` returns it
   * later.
   */
  numbered(conversation: Conversation, own: Own, seq: number): boolean {
    if (this.has(conversation, seq)) return true;
    const waiting = [...(this.#waiting.get(conversation) ?? []), { own, seq }];
    this.#waiting.set(conversation, waiting.slice(-maxUndelivered));
    return false;
  }

  /** Whether the other device is known to have everything up to `seq`. */
  has(conversation: Conversation, seq: number): boolean {
    return seq <= (this.#reached.get(conversation) ?? 0);
  }

  /** The other device has everything up to `upTo`. Returns the messages that it has since. */
  reach(conversation: Conversation, upTo: number): readonly Numbered<Own>[] {
    this.#reached.set(conversation, Math.max(upTo, this.#reached.get(conversation) ?? 0));
    const waiting = this.#waiting.get(conversation) ?? [];
    this.#waiting.set(
      conversation,
      waiting.filter(({ seq }) => seq > upTo),
    );
    return waiting.filter(({ seq }) => seq <= upTo);
  }

  /** In another login the server says anew how far the other device is. */
  restart(conversation: Conversation): void {
    this.#reached.delete(conversation);
  }

  /** Its numbers belong to another log from now on. */
  forget(conversation: Conversation): void {
    this.#waiting.delete(conversation);
    this.#reached.delete(conversation);
  }
}

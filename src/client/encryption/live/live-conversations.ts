// The conversations of one login, by user: created when first needed, forgotten when there are too many and nothing is
// in progress in them. What is known of a person's key outlives that (pins).
import { LiveConversation } from './live-conversation.ts';
import type { MessengerContext } from './messenger-context.ts';
import { maxConversations } from './limits.ts';

export class LiveConversations {
  readonly #requests: MessengerContext;
  readonly #byUser = new Map<string, LiveConversation>();

  constructor(requests: MessengerContext) {
    this.#requests = requests;
  }

  /** The conversation with `user`, if there is one. */
  get(user: string): LiveConversation | undefined {
    return this.#byUser.get(user);
  }

  /** The conversation with `user`. Undefined if there are too many and all are busy. */
  open(user: string): LiveConversation | undefined {
    const conversation = this.#byUser.get(user) ?? this.#make(user);
    if (conversation === undefined) return undefined;
    // Inserted again, it moves to the end: the first are those unused for longest.
    this.#byUser.delete(user);
    this.#byUser.set(user, conversation);
    return conversation;
  }

  /** Bytes of all texts that are not delivered yet. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const { outbox } of this.#byUser.values()) bytes += outbox.bytes;
    return bytes;
  }

  /**
   * Whom `-SOFT_ERR no such user!` refers to: the only possible person; of several, those who are not in the list of
   * users, which is requested, or (without a list) those who stay silent.
   */
  someoneIsMissing(nowMs: number): void {
    const candidates = this.#requests.missing.candidates(nowMs);
    if (candidates.length > 1) this.#requests.wire.listUsers();
    for (const user of candidates) {
      const conversation = this.#byUser.get(user);
      if (conversation === undefined) continue;
      conversation.maybeMissing = true;
      if (candidates.length > 1) continue;
      this.#requests.missing.heardFrom(user);
      conversation.missing();
    }
  }

  /** The server's list of users came. Those who may be missing and are not in it are missing. */
  listed(present: ReadonlySet<string>): void {
    for (const conversation of this.#byUser.values()) {
      if (!conversation.maybeMissing) continue;
      this.heardFrom(conversation.user);
      if (!present.has(conversation.user)) conversation.missing();
    }
  }

  /** `user` sent something, so they are online. */
  heardFrom(user: string): void {
    this.#requests.missing.heardFrom(user);
    const conversation = this.#byUser.get(user);
    if (conversation !== undefined) conversation.maybeMissing = false;
  }

  all(): LiveConversation[] {
    return [...this.#byUser.values()];
  }

  close(): void {
    for (const conversation of this.#byUser.values()) conversation.close();
  }

  #make(user: string): LiveConversation | undefined {
    if (this.#byUser.size >= maxConversations) {
      const idle = [...this.#byUser.values()].find(({ isIdle }) => isIdle);
      if (idle === undefined) return undefined;
      idle.close();
      this.#byUser.delete(idle.user);
    }
    return new LiveConversation(this.#requests, user);
  }
}

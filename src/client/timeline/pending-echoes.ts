// Own messages whose outcome is not known yet: their items, by the ids that the client uses for them.

import { isSameContent, type MessageContent } from '../content.ts';
import { lobbyId, type ConversationId } from './model.ts';

export interface PendingEcho {
  readonly id: ConversationId;
  readonly key: number;
}

/** The most unconfirmed ones. Beyond that, the oldest are forgotten. */
const maxWaiting = 2_000;

export class PendingEchoes {
  readonly #private = new Map<string, PendingEcho>();
  #broadcasts: { readonly content: MessageContent; readonly key: number }[] = [];

  broadcast(content: MessageContent, key: number): void {
    this.#broadcasts.push({ content, key });
    if (this.#broadcasts.length > maxWaiting) this.#broadcasts.shift();
  }

  /** The oldest one with that content. */
  broadcastSent(content: MessageContent): PendingEcho | undefined {
    const index = this.#broadcasts.findIndex((waiting) => isSameContent(waiting.content, content));
    const [found] = index < 0 ? [] : this.#broadcasts.splice(index, 1);
    return found === undefined ? undefined : { id: lobbyId, key: found.key };
  }

  private(messageId: string, id: ConversationId, key: number): void {
    this.#private.set(messageId, { id, key });
    const [oldest] = this.#private.keys();
    if (this.#private.size > maxWaiting && oldest !== undefined) this.#private.delete(oldest);
  }

  privateOf(messageId: string): PendingEcho | undefined {
    return this.#private.get(messageId);
  }

  /** Its final state. */
  privateDone(messageId: string): PendingEcho | undefined {
    const found = this.#private.get(messageId);
    this.#private.delete(messageId);
    return found;
  }
}

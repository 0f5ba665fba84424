// Own messages whose outcome is not known yet: their items, by the ids that the client uses for them.

import { lobbyId, type ConversationId } from './model.ts';

export interface PendingEcho {
  readonly id: ConversationId;
  readonly key: number;
}

/** Of those that are never confirmed the oldest are forgotten. */
const maxWaiting = 2_000;

export class PendingEchoes {
  readonly #private = new Map<string, PendingEcho>();
  #broadcasts: { readonly text: string; readonly key: number }[] = [];

  broadcast(text: string, key: number): void {
    this.#broadcasts.push({ text, key });
    if (this.#broadcasts.length > maxWaiting) this.#broadcasts.shift();
  }

  /** The oldest one with that text. */
  broadcastSent(text: string): PendingEcho | undefined {
    const index = this.#broadcasts.findIndex((waiting) => waiting.text === text);
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

  /** Its last word. */
  privateDone(messageId: string): PendingEcho | undefined {
    const found = this.#private.get(messageId);
    this.#private.delete(messageId);
    return found;
  }
}

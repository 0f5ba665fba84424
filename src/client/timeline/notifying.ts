// When a person who looks elsewhere is told that somebody wrote to them, and in which words: who, never what, because anybody
// nearby can read a notification. How it is told is up to each view.

import { tellsIn } from './attention.ts';
import type { ConversationId, ConversationSummary, Model } from './model.ts';

/** Time between two notifications. */
const pauseMs = 2_000;

export class Notifying {
  readonly #now: () => number;
  readonly #counted = new Map<ConversationId, number>();
  #last = -Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * To be called after a change, also while nothing is told. `seen` is the conversation that the person is looking at, if
   * any. Returns the conversation to tell of. What comes while the person does not want to be disturbed is not told later.
   */
  look(
    { conversations, quietUntil }: Pick<Model, 'conversations' | 'quietUntil'>,
    seen: ConversationId | undefined,
    isWanted: boolean,
  ): ConversationSummary | undefined {
    let told: ConversationSummary | undefined;
    for (const conversation of conversations) {
      const { id } = conversation;
      const count = tellsIn(conversation);
      if (count > (this.#counted.get(id) ?? 0) && id !== seen) told = conversation;
      if (count > 0) this.#counted.set(id, count);
      else this.#counted.delete(id);
    }
    const isQuiet = quietUntil !== undefined || this.#now() - this.#last < pauseMs;
    if (told === undefined || !isWanted || isQuiet) return undefined;
    this.#last = this.#now();
    return told;
  }
}

export function calledWords({ kind, name, mentions }: ConversationSummary): string {
  if (kind === 'person') return `${name} wrote to you`;
  return mentions > 0 ? `you were named in ${name}` : `somebody wrote in ${name}`;
}

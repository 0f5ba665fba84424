// Which retention a conversation has, the same for every adapter.

import type { Retention } from '../hub/store-port.ts';

/** What holds for the conversation of that name. */
export function retentionOf(name: string, retention: Retention): Retention {
  const { maxAgeMs, maxCount, maxBytes, directMaxAgeMs } = retention;
  const isDirect = name.startsWith('@');
  return {
    maxAgeMs: isDirect && directMaxAgeMs !== undefined ? directMaxAgeMs : maxAgeMs,
    maxCount,
    // What waits of private messages has bounds of its own, and its writers are told.
    maxBytes: isDirect ? undefined : maxBytes,
  };
}

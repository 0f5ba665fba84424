// The retention of a conversation, the same for every adapter.

import type { Retention } from '../hub/store-port.ts';

/** The retention of the conversation of that name. */
export function retentionOf(name: string, retention: Retention): Retention {
  const { maxAgeMs, maxCount, maxBytes, directMaxAgeMs } = retention;
  const isDirect = name.startsWith('@');
  return {
    maxAgeMs: isDirect && directMaxAgeMs !== undefined ? directMaxAgeMs : maxAgeMs,
    maxCount,
    // Waiting private messages have their own limits, and their senders are told.
    maxBytes: isDirect ? undefined : maxBytes,
  };
}

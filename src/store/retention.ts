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

/** How long lines of sealed groups are kept that are no messages, however long messages are: 400 days. */
export const keptLinesMs = 400 * 86_400_000;

/** So many GroupInfos of a sealed group are kept, the latest. */
export const keptInfos = 3;

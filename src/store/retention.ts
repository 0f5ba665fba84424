// Which retention a conversation has, the same for every adapter.

import type { Retention } from '../hub/store-port.ts';

/** What holds for the conversation of that name. */
export function retentionOf(name: string, retention: Retention): Retention {
  const { maxAgeMs, maxCount, directMaxAgeMs } = retention;
  const isDirect = name.startsWith('@');
  return {
    maxAgeMs: isDirect && directMaxAgeMs !== undefined ? directMaxAgeMs : maxAgeMs,
    maxCount,
  };
}

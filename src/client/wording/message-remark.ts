// What must stand beside a message that is not what it seems.

import type { KeyStanding } from '../encryption/trust/key-events.ts';

export function privateRemark(
  isPrivate: boolean,
  encrypted: boolean,
  key: KeyStanding | undefined,
): string | undefined {
  if (!encrypted) return isPrivate ? 'not encrypted' : undefined;
  return key === 'changed' ? 'new key, not trusted' : undefined;
}

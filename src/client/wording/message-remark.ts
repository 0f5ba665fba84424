// What must stand beside a private message that is not what it seems.

import type { KeyStanding } from '../encryption/trust/key-events.ts';

export function privateRemark(
  isPrivate: boolean,
  encrypted: boolean,
  key: KeyStanding | undefined,
): string | undefined {
  if (!isPrivate) return undefined;
  if (!encrypted) return 'not encrypted';
  return key === 'changed' ? 'new key, not trusted' : undefined;
}

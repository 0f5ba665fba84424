// Whether somebody can take part in sealed groups: an account whose client has said so.

import type { User } from '../../state.ts';

export function canTakePart({ account, visits }: User): boolean {
  return account !== undefined && visits.some(({ can }) => can.sealed);
}

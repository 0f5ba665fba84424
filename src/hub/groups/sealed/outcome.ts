// What a commit to a room comes to, or why it is refused.

import type { FailureCode } from '../../../wire/extended/failures.ts';
import type { Username } from '../../../wire/text.ts';
import type { Room } from './room.ts';
import type { SealedState } from './sealed-state.ts';

/** Why something was refused, and because of whom. */
export type CommitRefusal =
  FailureCode | { readonly code: FailureCode; readonly people: readonly Username[] };

/** Where a commit stands, and in which room. */
export interface Committed {
  readonly room: Room;
  readonly state: SealedState;
  readonly seq: number;
}

// What a commit to a sealed group comes to, or why it is refused.

import type { FailureCode } from '../../../wire/extended/failures.ts';
import type { Username } from '../../../wire/text.ts';
import type { Group } from '../../state.ts';
import type { SealedState } from './sealed-state.ts';

/** Why something was refused, and because of whom. */
export type CommitRefusal =
  FailureCode | { readonly code: FailureCode; readonly people: readonly Username[] };

/** Where a commit stands, and in which group. */
export interface Committed {
  readonly group: Group;
  readonly state: SealedState;
  readonly seq: number;
}

// RULES of a sealed group [13.15]: what its owners and moderators have signed. The roster decides; here is only that the
// programs of all who are in can follow it, and what the server says of it to those who ask.

import type { FailureCode } from '../../../wire/extended/failures.ts';
import type { Username } from '../../../wire/text.ts';
import {
  governingKinds,
  namesOf,
  ownersOf,
  rulesOf,
} from '../../../wire/statements/roster-roles.ts';
import type { Group, Visit } from '../../state.ts';
import { countedDevices } from '../../users/devices.ts';
import type { Turn } from '../../turn.ts';
import { addRecords, type SignedRequest } from './admit.ts';
import type { SealedState } from './sealed-state.ts';

export interface GovernRefusal {
  readonly code: FailureCode;
  /** Of `cannot-govern`: because of whom. */
  readonly people?: Username[];
}

/** Returns why not. */
export function governSealed(
  turn: Turn,
  visit: Visit,
  group: Group,
  signed: SignedRequest<'RULES'>,
): GovernRefusal | undefined {
  const people = group.sealed?.roster.governed === undefined ? whoCannot(group, signed.at) : [];
  if (people.length > 0) return { code: 'cannot-govern', people };
  const code = addRecords(turn, visit, group, signed, governingKinds);
  return code && { code };
}

/** Whose programs would lose the group with the first record of a kind that they do not know. */
function whoCannot(group: Group, at: number): Username[] {
  return [...group.members.keys()]
    .filter((user) => !countedDevices(user, at).every(({ can }) => can.roles === true))
    .map(({ name }) => name);
}

/** What the server knows of it; members go by the records. */
export function sealedRules({ roster }: SealedState) {
  const { slow, announce, moderators, public: isPublic } = rulesOf(roster);
  return {
    ...(slow > 0 && { slow }),
    ...(announce && { announce: true as const }),
    ...(isPublic && { public: true as const }),
    owners: ownersOf(roster).map(({ name }) => name),
    moderators: namesOf(roster, moderators),
  };
}

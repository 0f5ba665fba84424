// What bears on a sealed group's roster, in the order of the group's log, and the fold of it. What each of them changes is
// in roster.ts.

import { err, ok, type Result } from '../../lib/result.ts';
import type { Username } from '../text.ts';
import type { AccountChain } from './account-chain.ts';
import type { RosterRecord } from './roster-record.ts';
import {
  applyAccount,
  applyEntry,
  applyRecord,
  applyServerOut,
  foundRoster,
  type RosterRefusal,
  type ServerOutReason,
  type SignedRoster,
} from './roster.ts';
import type { Checked } from './statement.ts';

/** A line of the group's log, as far as it bears on the roster. */
export type RosterEvent =
  | {
      readonly kind: 'founded';
      readonly record: Checked<RosterRecord>;
      readonly account: AccountChain;
    }
  | { readonly kind: 'record'; readonly record: Checked<RosterRecord> }
  | { readonly kind: 'entered'; readonly account: AccountChain; readonly device: Uint8Array }
  | { readonly kind: 'account'; readonly account: AccountChain }
  | { readonly kind: 'server-out'; readonly user: Username; readonly why: ServerOutReason };

/** `roster` after an event; or why that is void. Without a roster only a founding is not. */
export function applyRosterEvent(
  roster: SignedRoster | undefined,
  event: RosterEvent,
): Result<SignedRoster, RosterRefusal> {
  if (event.kind === 'founded') {
    return roster === undefined ? foundRoster(event.record, event.account) : err('second-charter');
  }
  if (roster === undefined) return err('no-charter');
  switch (event.kind) {
    case 'record':
      return applyRecord(roster, event.record);
    case 'entered':
      return applyEntry(roster, event.account, event.device);
    case 'account':
      return applyAccount(roster, event.account);
    case 'server-out':
      return ok(applyServerOut(roster, event.user, event.why));
  }
}

export interface FoldedRoster {
  /** Absent where nothing has founded the group. */
  readonly roster: SignedRoster | undefined;
  /** The events that are void, by their place in the list. */
  readonly refused: readonly { readonly at: number; readonly why: RosterRefusal }[];
}

/** The roster after `events`, in the order of the log. */
export function foldRoster(events: readonly RosterEvent[]): FoldedRoster {
  const refused: { at: number; why: RosterRefusal }[] = [];
  let roster: SignedRoster | undefined;
  for (const [at, event] of events.entries()) {
    const next = applyRosterEvent(roster, event);
    if (next.ok) roster = next.value;
    else refused.push({ at, why: next.error });
  }
  return { roster, refused };
}

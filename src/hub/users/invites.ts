// One-time codes, known by their SHA-256 only: whoever holds one may create one account, or take that of a device
// that was reset, if the code is for that account by name. They expire, and over the cap an expired one is dropped,
// or the oldest.

import type { InviteRecord } from '../records.ts';
import { change, type Turn } from '../turn.ts';

/** Takes in a code that the operator has made. */
export function addInvite(turn: Turn, invite: InviteRecord, now: number): void {
  const { invites } = turn.hub;
  // Those that are over give way only where there are too many: the clock may be wrong, and be set right.
  const surplus = invites.size + 1 - turn.env.maxInvites;
  if (surplus > 0) {
    const isOver = ([, { expiresAt }]: readonly [string, InviteRecord]) => Number(expiresAt <= now);
    const order = [...invites].sort((one, other) => isOver(other) - isOver(one));
    for (const [other] of order.slice(0, surplus)) removeInvite(turn, other);
  }
  invites.set(invite.hash, invite);
  change(turn, { type: 'invite', invite });
}

/** Takes a code back, or notes that it is used. Whether there was one. */
export function removeInvite(turn: Turn, hash: string): boolean {
  if (!turn.hub.invites.delete(hash)) return false;
  change(turn, { type: 'invite-removed', hash });
  return true;
}

/**
 * Uses a code up for `name`. False where there is none such, or no longer, or for somebody else. An account that was
 * reset is taken with a code of its own alone: any other would let newcomers take it.
 */
export function useInvite(
  turn: Turn,
  hash: string,
  { name, isReset }: { readonly name: string; readonly isReset: boolean },
  now: number,
): boolean {
  const invite = turn.hub.invites.get(hash);
  if (invite === undefined || invite.expiresAt <= now) return false;
  const fits = invite.name === undefined ? !isReset : invite.name === name;
  return fits && removeInvite(turn, hash);
}

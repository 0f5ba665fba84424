// One-time codes, known by their SHA-256 only. The holder of one may create one account, or take over an account after
// a reset if the code is for that account by name. While a code for a name is good, nobody else gets that name. They expire. Over the cap an expired one is dropped, or the oldest.

import type { InviteRecord } from '../records.ts';
import { foldName, type Hub } from '../state.ts';
import { change, type Turn } from '../turn.ts';

/** Adds a code that the operator made. */
export function addInvite(turn: Turn, invite: InviteRecord, now: number): void {
  const { invites } = turn.hub;
  // Expired codes are dropped only over the cap: the clock may be wrong, and be corrected later.
  const surplus = invites.size + 1 - turn.env.maxInvites;
  if (surplus > 0) {
    const isOver = ([, { expiresAt }]: readonly [string, InviteRecord]) => Number(expiresAt <= now);
    const order = [...invites].sort((one, other) => isOver(other) - isOver(one));
    for (const [other] of order.slice(0, surplus)) removeInvite(turn, other);
  }
  invites.set(invite.hash, invite);
  change(turn, { type: 'invite', invite });
}

/** Removes a code that was used or revoked. Returns whether there was one. */
export function removeInvite(turn: Turn, hash: string): boolean {
  if (!turn.hub.invites.delete(hash)) return false;
  change(turn, { type: 'invite-removed', hash });
  return true;
}

/** Whether a name waits for the holder of a code that is for it alone. */
export function isBoundToCode({ invites }: Hub, name: string, now: number): boolean {
  for (const invite of invites.values()) {
    if (invite.name === undefined || invite.expiresAt <= now) continue;
    if (foldName(invite.name) === foldName(name)) return true;
  }
  return false;
}

/**
 * Uses up a code for `name`. False if there is no such code, it has expired, or it is for somebody else. An account
 * after a reset, and a name that waits for somebody, accept only their own code: any other would let newcomers take them.
 */
export function useInvite(
  turn: Turn,
  hash: string,
  { name, needsOwn }: { readonly name: string; readonly needsOwn: boolean },
  now: number,
): boolean {
  const invite = turn.hub.invites.get(hash);
  if (invite === undefined || invite.expiresAt <= now) return false;
  const fits = invite.name === undefined ? !needsOwn : invite.name === name;
  return fits && removeInvite(turn, hash);
}

// One-time codes, known by their SHA-256 only: who holds one may make one account. They end by themselves, and where
// there are too many one that is over gives way, or the oldest.

import { change, type Turn } from './turn.ts';

/** Takes in a code that the operator has made. */
export function addInvite(turn: Turn, hash: string, expiresAt: number, now: number): void {
  const { invites } = turn.hub;
  // Those that are over give way only where there are too many: the clock may be wrong, and be set right.
  const surplus = invites.size + 1 - turn.env.maxInvites;
  if (surplus > 0) {
    const isOver = ([, end]: readonly [string, number]) => Number(end <= now);
    const order = [...invites].sort((one, other) => isOver(other) - isOver(one));
    for (const [other] of order.slice(0, surplus)) removeInvite(turn, other);
  }
  invites.set(hash, expiresAt);
  change(turn, { type: 'invite', invite: { hash, expiresAt } });
}

/** Takes a code back, or notes that it is used. Whether there was one. */
export function removeInvite(turn: Turn, hash: string): boolean {
  if (!turn.hub.invites.delete(hash)) return false;
  change(turn, { type: 'invite-removed', hash });
  return true;
}

/** Uses a code up. False where there is none such, or no longer. */
export function useInvite(turn: Turn, hash: string, now: number): boolean {
  const expiresAt = turn.hub.invites.get(hash);
  return expiresAt !== undefined && expiresAt > now && removeInvite(turn, hash);
}

// One-time codes, known by their SHA-256 only: who holds one may make one account. They end by themselves, and where
// there are too many the oldest gives way.

import { change, type Turn } from './turn.ts';

/** Takes in a code that the operator has made. */
export function addInvite(turn: Turn, hash: string, expiresAt: number, now: number): void {
  const { invites } = turn.hub;
  for (const [other, end] of invites) if (end <= now) removeInvite(turn, other);
  for (const oldest of invites.keys()) {
    if (invites.size < turn.env.maxInvites) break;
    removeInvite(turn, oldest);
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

// A private conversation as a room [13.10]: who is in it, and which connections hear it. Its roster alone says who is in.

import { adminsOf } from '../../../wire/statements/roster.ts';
import type { ConnectionId } from '../../effects.ts';
import type { Direct, User, Visit } from '../../state.ts';
import { hasBlocked } from '../../users/blocks.ts';

/** The other one; undefined in the conversation of an account with itself. */
export function peerIn({ sides }: Direct, user: User): User | undefined {
  return sides.find((side) => side.user !== user)?.user;
}

/** Whether a device of somebody has entered. */
export function isInPrivate({ sealed }: Direct, { name }: User): boolean {
  return sealed?.roster.members.some((member) => member.name === name) === true;
}

/** Whether anybody is in. Where nobody is any more, it is as if it was not sealed, and it may be founded anew. */
export function isFounded({ sealed }: Direct): boolean {
  return sealed !== undefined && sealed.roster.members.length > 0;
}

/** Whether everybody is in: then nothing goes by sessions of two devices any more. */
export function isWholly(direct: Direct): boolean {
  return direct.sides.every(({ user }) => isInPrivate(direct, user));
}

export function isAdminIn({ sealed }: Direct, { name }: User): boolean {
  return sealed !== undefined && adminsOf(sealed.roster).some((admin) => admin.name === name);
}

/**
 * Whether a connection is told that the conversation is sealed. Whoever has blocked the other one is not before they are
 * in: they would enter at once, and be seen to be here.
 */
export function hearsRoom(direct: Direct, { user, can, private: isHere }: Visit): boolean {
  if (!isFounded(direct) || !isHere || can.rooms !== true) return false;
  const peer = peerIn(direct, user);
  return peer === undefined || !hasBlocked(user, peer) || isInPrivate(direct, user);
}

/** The connections that hear its lines, but for the one that says it. */
export function hearersOfPrivate(direct: Direct, by: Visit | undefined): readonly ConnectionId[] {
  return direct.sides.flatMap(({ user }) =>
    user.visits
      .filter((visit) => visit !== by && hearsRoom(direct, visit))
      .map(({ connection }) => connection),
  );
}

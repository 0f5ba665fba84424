// Tells a person that they are invited to a group.

import { hasBlocked } from '../users/blocks.ts';
import { findNamed, hearersOf, type Group, type User } from '../state.ts';
import { sendSuccess, type Turn } from '../turn.ts';

/** A person who blocked the admin is not notified: group names can carry messages too. They may still enter. */
export function tellInvited(turn: Turn, group: Group, name: string, by: User): void {
  const invited = findNamed(turn.hub, name);
  if (invited === undefined || hasBlocked(invited, by)) return;
  for (const other of hearersOf(group, invited)) {
    const names = { user: by.name, group: group.name };
    sendSuccess(turn, other.connection, 'you-were-invited', names);
  }
}

// GROUPS [14.34]: the directory of the groups whose owners have made them public. Costs one look at each group.

import { groupConversation } from '../../wire/extended/names.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import { rulesOf } from '../../wire/statements/roster-roles.ts';
import type { Group, Visit } from '../state.ts';
import { hearsGroup } from '../state.ts';
import { report, type Turn } from '../turn.ts';

/** The most groups of one answer. */
export const maxGroupsListed = 100;

export function listGroups(turn: Turn, visit: Visit, request: RequestOf<'GROUPS'>): void {
  const { label, after = '' } = request;
  const found: Group[] = [];
  for (const group of turn.hub.groups.values()) {
    if (group.name > after && isPublic(group) && hearsGroup(group, visit)) found.push(group);
  }
  found.sort((one, other) => (one.name < other.name ? -1 : 1));
  const listed = found.slice(0, maxGroupsListed).map(({ name, members, sealed, rules }) => ({
    in: groupConversation(name),
    members: members.size,
    sealed: sealed === undefined ? undefined : (true as const),
    topic: sealed === undefined ? rules?.topic : undefined,
  }));
  const more = found.length > listed.length ? (true as const) : undefined;
  report(turn, visit.connection, { verb: 'GROUPS', label, groups: listed, more });
}

/** A group by invitation does not exist for others, whatever its rules say. */
function isPublic({ invited, sealed, rules }: Group): boolean {
  if (invited !== undefined) return false;
  return (sealed === undefined ? rules : rulesOf(sealed.roster))?.public === true;
}

// What somebody is in a group: an open one's roles are with the server, a sealed one's in its signed roster. The admin of
// version 1 is an owner. Rights are in wire/groups/rights.ts.

import type { GroupRules } from '../../wire/groups/group-rules.ts';
import { mayDo, type GroupAct, type GroupRole } from '../../wire/groups/rights.ts';
import { roleOfNamed } from '../../wire/statements/roster-roles.ts';
import type { Group, User } from '../state.ts';

/** Undefined: not in it. */
export function roleOf(group: Group, user: User): GroupRole | undefined {
  if (!group.members.has(user)) return undefined;
  const isAdmin = user === group.admin;
  if (group.sealed === undefined) return isAdmin ? 'owner' : namedRole(group.rules, user);
  // A roster that is damaged knows nobody: its admin can end the group.
  return roleOfNamed(group.sealed.roster, user.name) ?? (isAdmin ? 'owner' : 'member');
}

function namedRole({ owners, moderators }: GroupRules = {}, { name, account }: User): GroupRole {
  if (account === undefined) return 'member';
  if (owners?.includes(name) === true) return 'owner';
  return moderators?.includes(name) === true ? 'moderator' : 'member';
}

/** Whether `user` may do that in a group, to `target` if it is about somebody. */
export function mayIn(group: Group, user: User, act: GroupAct, target?: User): boolean {
  return mayDo(roleOf(group, user), act, target && roleOf(group, target));
}

/** `rules` with what somebody is: as a member they stand in no list. */
export function withRole(rules: GroupRules, { name }: User, role: GroupRole): GroupRules {
  const others = (list: GroupRules['owners']) => list?.filter((one) => one !== name) ?? [];
  const owners = role === 'owner' ? [...others(rules.owners), name] : others(rules.owners);
  const moderators =
    role === 'moderator' ? [...others(rules.moderators), name] : others(rules.moderators);
  return {
    ...rules,
    owners: owners.length > 0 ? owners : undefined,
    moderators: moderators.length > 0 ? moderators : undefined,
  };
}

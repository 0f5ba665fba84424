// Commands on groups: create, join, leave, kick [7.6, 7.7, 7.9, 7.10]. If a change must be stored and the store fails,
// the command is refused.

import { groupConversation } from '../../wire/extended/names.ts';
import type { GroupName } from '../../wire/text.ts';
import { success } from '../../wire/replies.ts';
import type { CommandOf } from '../../wire/commands.ts';
import { isBannedFrom } from '../users/address-bans.ts';
import { reportGroup, reportLeft } from '../messages/conversations.ts';
import { putOutOfRoster } from './sealed/sealed-log.ts';
import { addMember, ban, removeMember } from './members.ts';
import { mayIn } from './roles.ts';
import { liftEndedBan } from './sanctions.ts';
import { notifyGroup } from '../messages/posts.ts';
import {
  findGroup,
  findNamed,
  foldName,
  hearersOf,
  type Group,
  type User,
  type Visit,
} from '../state.ts';
import { sendSoftError, sendSuccess, type Turn } from '../turn.ts';

/** Whether `user` is the admin of the maximum number of groups. */
export function hasGroupsEnough({ env }: Turn, user: User): boolean {
  let count = 0;
  for (const group of user.groups ?? []) if (group.admin === user) count++;
  return count >= env.maxGroupsPerAdmin;
}

/** Whether `user` can change their own membership now: only an account's membership must be stored. */
function canChange({ hub }: Turn, { account }: User): boolean {
  return hub.storing || account === undefined;
}

/** [7.6] */
export function createGroup(turn: Turn, visit: Visit, command: CommandOf<'CREATE_GROUP'>): void {
  const { user, connection } = visit;
  const made = makeGroup(turn, user, command.group, undefined, undefined);
  const { maxGroupsPerAdmin: max } = turn.env;
  if (made === 'place-taken') sendSoftError(turn, connection, 'group-exists');
  else if (made === 'too-many-groups') sendSoftError(turn, connection, made, { max });
  else if (made === 'store-failed') sendSoftError(turn, connection, made);
  else tellMade(turn, visit, made);
}

function tellMade(turn: Turn, { user, connection }: Visit, group: Group): void {
  sendSuccess(turn, connection, 'group-created', { group: group.name });
  reportGroup(turn, group, user);
}

/** Makes a group with `user` as its admin and first member, or says why not. `invited`: who may enter. */
export function makeGroup(
  turn: Turn,
  user: User,
  name: GroupName,
  invited: Group['invited'],
  sealed: Group['sealed'],
): Group | 'place-taken' | 'too-many-groups' | 'store-failed' {
  const { hub } = turn;
  const key = foldName(name);
  if (hub.groups.has(key)) return 'place-taken';
  if (hasGroupsEnough(turn, user)) return 'too-many-groups';
  if (!canChange(turn, user)) return 'store-failed';
  const group: Group = {
    name,
    admin: user,
    members: new Map(),
    accounts: 0,
    banned: new Set(),
    bannedFrom: undefined,
    invited,
    log: undefined,
    sealed,
    rules: undefined,
    spoke: undefined,
  };
  hub.groups.set(key, group);
  addMember(turn, group, user);
  return group;
}

/** Whether somebody was kicked out: under this name, or, for a guest, from this address. */
function isBanned(turn: Turn, group: Group, { user, from }: Visit, at: number): boolean {
  liftEndedBan(turn, group, user.name, at);
  const { banned, bannedFrom } = group;
  if (banned.has(foldName(user.name))) return true;
  const isGuest = user.account === undefined;
  return isGuest && bannedFrom !== undefined && isBannedFrom(bannedFrom, from, at);
}

/** [7.7] */
export function joinGroup(
  turn: Turn,
  visit: Visit,
  command: CommandOf<'JOIN_GROUP'>,
  at: number,
): void {
  const { user, connection } = visit;
  const group = findGroup(turn.hub, command.group, visit.user);
  if (group === undefined) {
    sendSoftError(turn, connection, 'no-such-group');
  } else if (group.sealed !== undefined) {
    // A member's client enters by a commit.
    sendSoftError(turn, connection, 'sealed-group');
  } else if (group.members.has(user)) {
    sendSoftError(turn, connection, 'already-member');
  } else if (isBanned(turn, group, visit, at)) {
    sendSoftError(turn, connection, 'banned');
  } else if (!canChange(turn, user)) {
    sendSoftError(turn, connection, 'store-failed');
  } else {
    addMember(turn, group, user);
    sendSuccess(turn, connection, 'group-entered', { group: group.name });
    reportGroup(turn, group, user);
  }
}

/** [7.9] */
export function leaveGroup(
  turn: Turn,
  visit: Visit,
  command: CommandOf<'LEAVE_GROUP'>,
  at: number,
): void {
  const { user, connection } = visit;
  const group = findGroup(turn.hub, command.group, visit.user);
  if (group === undefined) {
    sendSoftError(turn, connection, 'no-such-group');
  } else if (!group.members.has(user)) {
    sendSoftError(turn, connection, 'not-a-member');
  } else if (group.admin === user && !passesOn(group, visit)) {
    sendSoftError(turn, connection, 'admin-cannot-leave');
  } else if (!canChange(turn, user)) {
    sendSoftError(turn, connection, 'store-failed');
  } else {
    if (group.members.size > 1) putOutOfRoster(turn, group, user.name, 'left', at);
    removeMember(turn, group, user);
    sendSuccess(turn, connection, 'group-left', { group: group.name });
    reportLeft(turn, user, groupConversation(group.name), 'left', hearersOf(group, user));
  }
}

/** Whether the group goes to another owner or an heir: with version 1 an admin stays until it ends. */
function passesOn({ members }: Group, { can }: Visit): boolean {
  return can.roles === true && members.size > 1;
}

/**
 * [7.10] The checks and the messages are in version 1's order: to the members, the admin, and the kicked person, who
 * may be offline if it is an account.
 */
export function kick(turn: Turn, visit: Visit, command: CommandOf<'KICK'>, at: number): void {
  const { user, connection } = visit;
  const group = findGroup(turn.hub, command.group, visit.user);
  if (group === undefined) {
    sendSoftError(turn, connection, 'no-such-group');
    return;
  }
  if (!mayIn(group, user, 'kick')) {
    sendSoftError(turn, connection, 'not-allowed-to-kick');
    return;
  }
  const member = findNamed(turn.hub, command.member);
  if (member === user) {
    sendSoftError(turn, connection, 'cannot-kick-yourself');
    return;
  }
  const names = { user: command.member, group: group.name };
  if (member === undefined || !group.members.has(member)) {
    sendSoftError(turn, connection, 'user-not-a-member', names);
    return;
  }
  if (!mayIn(group, user, 'kick', member)) {
    sendSoftError(turn, connection, 'not-allowed-to-kick');
    return;
  }
  const { maxBansPerGroup } = turn.env;
  if (group.banned.size >= maxBansPerGroup) {
    sendSoftError(turn, connection, 'ban-list-full', { max: maxBansPerGroup });
    return;
  }
  if (!turn.hub.storing && group.accounts > 0) {
    sendSoftError(turn, connection, 'store-failed');
    return;
  }
  putOutOfRoster(turn, group, member.name, 'kicked', at);
  removeMember(turn, group, member, 'kicked');
  ban(turn, group, member, at);
  // Of a sealed group the log tells it.
  if (group.sealed === undefined) {
    notifyGroup(turn, group, success.text('member-kicked', names), at);
  }
  sendSuccess(turn, connection, 'member-kicked', names);
  for (const kicked of hearersOf(group, member)) {
    sendSuccess(turn, kicked.connection, 'you-were-kicked', { group: group.name });
  }
  reportLeft(turn, member, groupConversation(group.name), 'kicked', hearersOf(group, member));
}

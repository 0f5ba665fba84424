// Groups: making, joining, leaving, kicking, and handing on [7.6, 7.7, 7.9, 7.10].
// Invariants: the admin is a member; a group has at least one member; nobody banned is a member.

import { success } from '../wire/replies.ts';
import type { CommandOf } from '../wire/commands.ts';
import { audienceOf, postToGroup } from './posts.ts';
import { findGroup, findUser, foldName, type Group, type User } from './state.ts';
import { join, leave, sendSoftError, sendSuccess, type Turn } from './turn.ts';

function add(turn: Turn, group: Group, user: User): void {
  group.members.add(user);
  (user.groups ??= new Set()).add(group);
  join(turn, audienceOf(group), user.connection, 'seed');
}

function remove(turn: Turn, group: Group, user: User): void {
  group.members.delete(user);
  user.groups?.delete(group);
  leave(turn, audienceOf(group), user.connection);
}

function countAdministered(user: User): number {
  let count = 0;
  for (const group of user.groups ?? []) if (group.admin === user) count++;
  return count;
}

/** [7.6] */
export function createGroup(turn: Turn, user: User, command: CommandOf<'CREATE_GROUP'>): void {
  const { hub, env } = turn;
  const key = foldName(command.group);
  if (hub.groups.has(key)) {
    sendSoftError(turn, user.connection, 'group-exists');
    return;
  }
  if (countAdministered(user) >= env.maxGroupsPerAdmin) {
    sendSoftError(turn, user.connection, 'too-many-groups', { max: env.maxGroupsPerAdmin });
    return;
  }
  const group: Group = {
    name: command.group,
    admin: user,
    members: new Set(),
    banned: new Set(),
  };
  hub.groups.set(key, group);
  add(turn, group, user);
  sendSuccess(turn, user.connection, 'group-created', { group: group.name });
}

/** [7.7] */
export function joinGroup(turn: Turn, user: User, command: CommandOf<'JOIN_GROUP'>): void {
  const group = findGroup(turn.hub, command.group);
  if (group === undefined) {
    sendSoftError(turn, user.connection, 'no-such-group');
  } else if (group.members.has(user)) {
    sendSoftError(turn, user.connection, 'already-member');
  } else if (group.banned.has(foldName(user.name))) {
    sendSoftError(turn, user.connection, 'banned');
  } else {
    add(turn, group, user);
    sendSuccess(turn, user.connection, 'group-entered', { group: group.name });
  }
}

/** [7.9] */
export function leaveGroup(turn: Turn, user: User, command: CommandOf<'LEAVE_GROUP'>): void {
  const group = findGroup(turn.hub, command.group);
  if (group === undefined) {
    sendSoftError(turn, user.connection, 'no-such-group');
  } else if (!group.members.has(user)) {
    sendSoftError(turn, user.connection, 'not-a-member');
  } else if (group.admin === user) {
    sendSoftError(turn, user.connection, 'admin-cannot-leave');
  } else {
    remove(turn, group, user);
    sendSuccess(turn, user.connection, 'group-left', { group: group.name });
  }
}

/** [7.10] The checks stand in the seed's order, and so do the messages: members, admin, the one kicked out. */
export function kick(turn: Turn, user: User, command: CommandOf<'KICK'>, at: number): void {
  const group = findGroup(turn.hub, command.group);
  if (group === undefined) {
    sendSoftError(turn, user.connection, 'no-such-group');
    return;
  }
  if (group.admin !== user) {
    sendSoftError(turn, user.connection, 'not-allowed-to-kick');
    return;
  }
  const member = findUser(turn.hub, command.member);
  if (member === user) {
    sendSoftError(turn, user.connection, 'cannot-kick-yourself');
    return;
  }
  const names = { user: command.member, group: group.name };
  if (member === undefined || !group.members.has(member)) {
    sendSoftError(turn, user.connection, 'user-not-a-member', names);
    return;
  }
  const { maxBansPerGroup } = turn.env;
  if (group.banned.size >= maxBansPerGroup) {
    sendSoftError(turn, user.connection, 'ban-list-full', { max: maxBansPerGroup });
    return;
  }
  remove(turn, group, member);
  group.banned.add(foldName(member.name));
  postToGroup(turn, group, undefined, success.text('member-kicked', names), at);
  sendSuccess(turn, user.connection, 'member-kicked', names);
  sendSuccess(turn, member.connection, 'you-were-kicked', { group: group.name });
}

/**
 * Takes somebody who has gone out of a group. An orphaned group passes to its longest-standing member, who is
 * told; an empty one is gone.
 */
export function forgetMember(turn: Turn, group: Group, user: User): void {
  remove(turn, group, user);
  const [heir] = group.members;
  if (heir === undefined) {
    turn.hub.groups.delete(foldName(group.name));
  } else if (group.admin === user) {
    group.admin = heir;
    sendSuccess(turn, heir.connection, 'now-admin', { group: group.name });
  }
}

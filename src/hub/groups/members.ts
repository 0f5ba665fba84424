// Who is in a group, who is notified of it [14.9, 15.14, 15.15], and what is stored: everything that concerns accounts,
// from the first account that joins to the last that leaves. What guests have there ends with them. Invariants: the
// admin is a member; a group has at least one member; no banned person is a member; a group is stored while one of its
// members has an account.

import { banAddresses, groupBans, recordsOf } from '../users/address-bans.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import { groupConversation, lobbyGroup, parsePlace } from '../../wire/extended/names.ts';
import { heirOf } from '../../wire/groups/rights.ts';
import { maxListed, type RequestOf } from '../../wire/extended/requests.ts';
import { leaveFiles } from '../files/kept/removals.ts';
import { audienceOf } from '../messages/posts.ts';
import { groupLog, removeLog } from '../messages/logs.ts';
import { List } from '../users/presence.ts';
import { findGroupFor, foldName, hearersOf, type Group, type User, type Visit } from '../state.ts';
import { roleOf, withRole } from './roles.ts';
import { setRules } from './sanctions.ts';
import { announce, change, fail, join, leave, report, sendSuccess, type Turn } from '../turn.ts';

/** Adds somebody to a group, on all their connections. */
export function addMember(turn: Turn, group: Group, user: User): void {
  const { account } = user;
  const first = account !== undefined && group.accounts === 0;
  if (account !== undefined) group.accounts++;
  if (first) beginKeeping(turn, group);
  // What was said in the lobby before it was sealed is for all accounts, as it was.
  const since = group.name === lobbyGroup ? 1 : (group.log?.last ?? 0) + 1;
  // Before the new member's connections join the audience: they know already.
  if (group.members.size > 0) tellMember(turn, group, user, 'joined');
  group.members.set(user, since);
  (user.groups ??= new Set()).add(group);
  if (account !== undefined) {
    const order = ++turn.hub.lastOrder;
    const member = { group: group.name, account: account.id, since, order };
    change(turn, { type: 'member', member });
  }
  for (const visit of hearersOf(group, user)) join(turn, audienceOf(group), visit);
}

/** Notifies the members who logged in by EHLO. Version 1 members get version 1's messages only. */
function tellMember(
  turn: Turn,
  group: Group,
  { name, account }: User,
  what: ExtendedEventOf<'MEMBER'>['what'],
): void {
  if (group.name === lobbyGroup) return;
  announce(turn, audienceOf(group), {
    verb: 'MEMBER',
    in: groupConversation(group.name),
    user: name,
    guest: account === undefined || undefined,
    what,
  });
}

/** MEMBERS: who is in a group, online members first. Only members may ask. */
export function listMembers(turn: Turn, visit: Visit, request: RequestOf<'MEMBERS'>): void {
  const { label, limit = maxListed } = request;
  const place = parsePlace(request.in);
  const group = place?.kind === 'group' ? findGroupFor(turn.hub, place.group, visit) : undefined;
  if (group === undefined) {
    fail(turn, visit.connection, request, 'no-such-place');
    return;
  }
  if (!group.members.has(visit.user)) {
    fail(turn, visit.connection, request, 'not-a-member');
    return;
  }
  const listed = new List(limit);
  listed.add(group.members.keys(), true);
  listed.add(group.members.keys(), false);
  report(turn, visit.connection, {
    verb: 'MEMBERS',
    label,
    in: groupConversation(group.name),
    admin: group.admin.name,
    members: listed.people,
    more: listed.isCut || undefined,
  });
}

/** Stores what is known of a group that had only guests so far. */
function beginKeeping(turn: Turn, group: Group): void {
  changeGroup(turn, group);
  for (const folded of group.banned) change(turn, { type: 'ban', group: group.name, folded });
  for (const ban of recordsOf(groupBans(group))) change(turn, { type: 'address-ban', ban });
  if (group.rules !== undefined) {
    change(turn, { type: 'group-rules', group: group.name, rules: group.rules });
  }
  groupLog(turn, group);
}

/** What is stored of the group itself. */
export function changeGroup(turn: Turn, { name, admin, invited }: Group): void {
  const group = { name, admin: admin.account?.id, ...(invited && { private: true as const }) };
  change(turn, { type: 'group', group });
}

/** Bans somebody from coming back. */
export function ban(turn: Turn, group: Group, user: User, at: number): void {
  const folded = foldName(user.name);
  banAddresses(turn, groupBans(group), user, folded, at);
  group.banned.add(folded);
  if (group.accounts > 0) change(turn, { type: 'ban', group: group.name, folded });
  const { account } = user;
  if (account === undefined || group.invited?.delete(account.id) !== true) return;
  change(turn, { type: 'invited-removed', invited: { group: group.name, account: account.id } });
}

/**
 * Takes somebody out of a group, on all their connections. If it was the admin, another owner becomes the admin, or the
 * heir (wire/groups/rights.ts), and is notified, even if offline. An empty group ends.
 */
export function removeMember(
  turn: Turn,
  group: Group,
  user: User,
  what: 'left' | 'kicked' = 'left',
): void {
  group.members.delete(user);
  user.groups?.delete(group);
  leaveFiles(turn, groupConversation(group.name), user);
  for (const { connection } of hearersOf(group, user)) leave(turn, audienceOf(group), connection);
  const heir = heirOf(group.members.keys(), (member) => roleOf(group, member));
  const orphaned = heir !== undefined && group.admin === user;
  if (heir === undefined) turn.hub.groups.delete(foldName(group.name));
  // The record of the group names its admin. It is written below, after the member is out.
  else if (orphaned) group.admin = heir;
  if (heir !== undefined && group.sealed === undefined && group.rules !== undefined) {
    setRules(turn, group, withRole(group.rules, user, 'member'));
  }
  group.spoke?.delete(user);
  forgetRecord(turn, group, user);
  if (heir !== undefined) tellMember(turn, group, user, what);
  if (orphaned) makeAdmin(turn, group, heir);
}

/** Makes another member the admin, and notifies all their connections. */
export function makeAdmin(turn: Turn, group: Group, heir: User): void {
  group.admin = heir;
  if (group.accounts > 0) changeGroup(turn, group);
  tellMember(turn, group, heir, 'admin');
  if (group.name === lobbyGroup) return;
  for (const { connection } of hearersOf(group, heir)) {
    sendSuccess(turn, connection, 'now-admin', { group: group.name });
  }
}

/** Takes everybody out and ends the group. The caller notifies the members. */
export function dissolve(turn: Turn, group: Group): void {
  for (const user of group.members.keys()) {
    user.groups?.delete(group);
    for (const { connection } of hearersOf(group, user)) leave(turn, audienceOf(group), connection);
    forgetRecord(turn, group, user);
  }
  group.members.clear();
  turn.hub.groups.delete(foldName(group.name));
}

function forgetRecord(turn: Turn, group: Group, { account }: User): void {
  if (account === undefined) return;
  group.accounts--;
  if (group.accounts > 0) {
    change(turn, { type: 'member-removed', group: group.name, account: account.id });
    return;
  }
  change(turn, { type: 'group-removed', name: group.name });
  if (group.log !== undefined) removeLog(turn, group.log);
  group.log = undefined;
}

// What the roster of a sealed group means for the server: who is a member and hears the group, who may enter, who is the
// admin. The roster decides; the group follows it here and nowhere else.

import { encodeBase64url } from '../../../lib/base64url.ts';
import { groupConversation, lobbyGroup } from '../../../wire/extended/names.ts';
import { adminsOf, memberOf, type SignedRoster } from '../../../wire/statements/roster.ts';
import { rulesOf } from '../../../wire/statements/roster-roles.ts';
import { reportLeft } from '../../messages/conversations.ts';
import type { AccountId } from '../../records.ts';
import { findNamed, foldName, hearersOf, type Group, type User } from '../../state.ts';
import { change, sendSuccess, type Turn } from '../../turn.ts';
import { isPrivate, type Room } from './room.ts';
import { ban, changeGroup, makeAdmin, removeMember } from '../members.ts';
import { unban } from '../sanctions.ts';

/** Brings a group to what its roster says now. `before`: what it said. A private conversation is nothing but its roster. */
export function followRoster(turn: Turn, group: Room, before: SignedRoster, at: number): void {
  const roster = group.sealed?.roster;
  if (isPrivate(group) || roster === undefined || roster === before) return;
  followAdmin(turn, group);
  followInvited(turn, group, roster);
  followBans(turn, group, before, roster, at);
  for (const { root16, name } of before.members) {
    const user = memberOf(roster, root16) === undefined ? findNamed(turn.hub, name) : undefined;
    if (user === undefined || !group.members.has(user)) continue;
    const isOwn = roster.out.some((one) => one.name === name && one.why === 'left');
    takeOut(turn, group, user, isOwn ? 'left' : 'kicked');
  }
}

function takeOut(turn: Turn, group: Group, user: User, what: 'left' | 'kicked'): void {
  removeMember(turn, group, user, what);
  const hearers = hearersOf(group, user);
  const isTold = what === 'kicked' && group.name !== lobbyGroup;
  for (const { connection } of isTold ? hearers : []) {
    sendSuccess(turn, connection, 'you-were-kicked', { group: group.name });
  }
  reportLeft(turn, user, groupConversation(group.name), what, hearers);
}

/** The first admin of the roster who is a member is the admin. */
export function followAdmin(turn: Turn, group: Group): void {
  if (group.sealed === undefined) return;
  for (const { name } of adminsOf(group.sealed.roster)) {
    const user = findNamed(turn.hub, name);
    if (user === undefined || !group.members.has(user)) continue;
    if (group.admin !== user) makeAdmin(turn, group, user);
    return;
  }
}

/** Who is in or admitted may come, where that is by invitation. */
function followInvited(turn: Turn, group: Group, roster: SignedRoster): void {
  const may = roster.mode === 'open' ? undefined : new Set<AccountId>();
  for (const { name } of may === undefined ? [] : [...roster.admitted, ...roster.members]) {
    const account = findNamed(turn.hub, name)?.account;
    if (account !== undefined) may?.add(account.id);
  }
  const was = group.invited;
  group.invited = may;
  if ((was === undefined) !== (may === undefined)) changeGroup(turn, group);
  const of = (account: AccountId) => ({ group: group.name, account });
  for (const id of may ?? []) {
    if (was?.has(id) !== true) change(turn, { type: 'invited', invited: of(id) });
  }
  for (const id of was ?? []) {
    if (may?.has(id) !== true) change(turn, { type: 'invited-removed', invited: of(id) });
  }
}

/** The group's own list has those too whom the server has put out; a new admission takes them off. */
function followBans(
  turn: Turn,
  group: Group,
  before: SignedRoster,
  roster: SignedRoster,
  at: number,
): void {
  const wasBanned = new Set(before.banned.map(encodeBase64url));
  for (const { root16, name } of [...before.members, ...before.admitted]) {
    const isNew = !wasBanned.has(encodeBase64url(root16));
    const isBanned = roster.banned.some((one) => encodeBase64url(one) === encodeBase64url(root16));
    const user = isNew && isBanned ? findNamed(turn.hub, name) : undefined;
    if (user !== undefined) ban(turn, group, user, at);
  }
  const isLifted = ({ root16 }: { readonly root16: Uint8Array }) => {
    const root = encodeBase64url(root16);
    return wasBanned.has(root) && !roster.banned.some((one) => encodeBase64url(one) === root);
  };
  for (const { name } of [...before.out, ...rulesOf(before).bans].filter(isLifted)) {
    if (name !== undefined) unban(turn, group, foldName(name));
  }
  for (const { name } of roster.admitted.filter((one) => !before.admitted.includes(one))) {
    unban(turn, group, foldName(name));
  }
}

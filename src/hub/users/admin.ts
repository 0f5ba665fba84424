// What the operator does with accounts on the running server. Names are matched exactly. An act on an account that does
// not exist changes nothing (the shell checks first, with lookups.ts).

import { unreachable } from '../../lib/invariant.ts';
import type { DisconnectCode } from '../../wire/replies.ts';
import {
  banAddress,
  banAddresses,
  byOperator,
  serverBans,
  unbanAddress,
  unbanAddresses,
} from './address-bans.ts';
import { enterInDirectory } from './directory.ts';
import { recordOf } from './account-record.ts';
import { removeBlobs, removeOwnFiles } from '../files/kept/removals.ts';
import { reportDirect } from '../messages/conversations.ts';
import { forgetCursors, removeDirects } from '../messages/directs.ts';
import type { AdminAct } from '../inputs.ts';
import { addInvite, removeInvite } from './invites.ts';
import { removeMember } from '../groups/members.ts';
import { followAdmin } from '../groups/sealed/mirror.ts';
import { isFounded } from '../groups/sealed/private-room.ts';
import { putOutOfRoster } from '../groups/sealed/sealed-log.ts';
import { evict } from './people.ts';
import { cameOrWent } from './presence.ts';
import { findNamed, foldName, type Account, type Group, type User } from '../state.ts';
import { change, farewell, type Turn } from '../turn.ts';

export function administer(turn: Turn, act: AdminAct, at: number): void {
  switch (act.act) {
    case 'invite':
      addInvite(turn, { hash: act.hash, expiresAt: act.expiresAt, name: act.name }, at);
      return;
    case 'revoke-invite':
      removeInvite(turn, act.hash);
      return;
    case 'ban-address':
      banAddress(turn, serverBans(turn.hub), act.address, byOperator, undefined, at);
      evictGuests(turn, new Set([act.address]));
      return;
    case 'unban-address':
      unbanAddress(turn, serverBans(turn.hub), act.address);
      return;
    default: {
      const user = findNamed(turn.hub, act.name);
      if (user?.account !== undefined) actOn(turn, act.act, user, user.account, at);
    }
  }
}

type AccountAct = Extract<AdminAct, { readonly name: string }>['act'];

function actOn(turn: Turn, act: AccountAct, user: User, account: Account, at: number): void {
  switch (act) {
    case 'remove-account':
      remove(turn, user, account, at);
      return;
    case 'reset-device':
      reset(turn, user, account, at);
      // From now on the old devices cannot log in.
      evictAll(turn, user, 'device-reset');
      // Whoever gets the name now is somebody else to the members.
      leavePrivate(turn, user, account, at);
      for (const group of leaveSealed(turn, user, at)) removeMember(turn, group, user);
      return;
    case 'ban':
    case 'unban':
      account.banned = act === 'ban';
      change(turn, { type: 'account', account: recordOf(user, account) });
      // Connected users are reported when their connections end.
      if (user.visits.length === 0) cameOrWent(turn, user);
      if (account.banned) banFromAddresses(turn, user, at);
      else unbanAddresses(turn, serverBans(turn.hub), foldName(user.name));
      if (account.banned) evictAll(turn, user, 'account-banned');
      return;
    default:
      unreachable(act);
  }
}

/** The account has no device, and begins a new chain with its next one. */
function reset(turn: Turn, user: User, account: Account, at: number): void {
  account.devices = [];
  account.chain = undefined;
  change(turn, { type: 'account', account: recordOf(user, account) });
  forgetCursors(turn, user, () => true, at);
  removeBlobs(turn, account.id);
  change(turn, { type: 'account-reset', account: account.id });
  enterInDirectory(turn, user.name, 'reset');
}

function banFromAddresses(turn: Turn, user: User, at: number): void {
  evictGuests(turn, banAddresses(turn, serverBans(turn.hub), user, foldName(user.name), at));
}

/** Guests who are already connected must leave too: one of them may be the same person. */
function evictGuests(turn: Turn, addresses: ReadonlySet<string>): void {
  for (const other of turn.hub.users.values()) {
    if (other.account !== undefined) continue;
    if (other.visits.some(({ from }) => from !== undefined && addresses.has(from))) {
      evictAll(turn, other, 'address-banned');
    }
  }
}

function evictAll(turn: Turn, { visits }: User, code: DisconnectCode): void {
  for (const { connection } of visits) evict(turn, connection, farewell(code));
}

/** The name is free again, groups get a new admin, and private conversations end for both sides. */
function remove(turn: Turn, user: User, account: Account, at: number): void {
  const { hub } = turn;
  evictAll(turn, user, 'account-removed');
  cameOrWent(turn, user, true);
  leaveSealed(turn, user, at);
  for (const group of user.groups ?? []) removeMember(turn, group, user);
  for (const { invited } of hub.groups.values()) invited?.delete(account.id);
  removeDirects(turn, user);
  removeOwnFiles(turn, account.id);
  hub.users.delete(foldName(user.name));
  hub.accounts.delete(account.id);
  change(turn, { type: 'account-removed', id: account.id });
  enterInDirectory(turn, user.name, 'removed');
}

/** Takes somebody out of the rosters of their private conversations. Where nobody is left in, the other one is told. */
function leavePrivate(turn: Turn, user: User, { directs }: Account, at: number): void {
  for (const [peer, direct] of directs ?? []) {
    putOutOfRoster(turn, direct, user.name, 'removed', at);
    if (direct.sealed !== undefined && !isFounded(direct)) reportDirect(turn, direct, [peer]);
  }
}

/** Takes somebody out of the rosters of their sealed groups, which are given back. */
function leaveSealed(turn: Turn, user: User, at: number): readonly Group[] {
  const groups = [...(user.groups ?? [])].filter(({ sealed }) => sealed !== undefined);
  for (const group of groups) {
    if (group.members.size <= 1) continue;
    putOutOfRoster(turn, group, user.name, 'removed', at);
    followAdmin(turn, group);
  }
  return groups;
}

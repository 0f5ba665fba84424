// The conversations of an account, as the server describes them to its devices: after the login, and when it joins one.

import type { KeptConversation } from '../../wire/extended/events.ts';
import {
  groupConversation,
  lobbyGroup,
  lobbyName,
  type ConversationName,
} from '../../wire/extended/names.ts';
import { groupLog, keepsGroup, keepsLobby, lobbyLog } from './logs.ts';
import { sameRun, sureUpTo, type Parting } from '../runs.ts';
import { hearsRoom } from '../groups/sealed/private-room.ts';
import type { SealedState } from '../groups/sealed/sealed-state.ts';
import {
  hearersOf,
  hearsGroup,
  type Direct,
  type DirectSide,
  type Group,
  type Log,
  type User,
  type Visit,
} from '../state.ts';
import { report, type Turn } from '../turn.ts';

/**
 * The part of a log that a person may read who may read from `since` on. A conversation without a log has the number 0.
 */
function range(
  name: ConversationName,
  log: Log | undefined,
  since: number,
  parting: Parting,
): Pick<KeptConversation, 'in' | 'log' | 'earlier' | 'sure' | 'first' | 'last'> {
  if (log === undefined) return { in: name, log: 0, first: 1, last: 0 };
  const { number, earlier, last } = log;
  const sure = sureUpTo(log, parting);
  return { in: name, log: number, earlier, sure, first: firstFor(log, since), last };
}

/** The first message for a person who may read from `since` on; `last` + 1 if there is none. */
export function firstFor({ first, last }: Log, since: number): number {
  return Math.min(Math.max(first, since), last + 1);
}

function describeLobby(turn: Turn, user: User, parting: Parting): KeptConversation {
  const log = lobbyLog(turn) ?? turn.hub.lobby;
  const { sealedLobby } = turn.env;
  const group = sealedLobby ? turn.hub.groups.get(lobbyGroup) : undefined;
  if (group !== undefined) return describeGroup(turn, group, user, parting);
  const lobby = { ...range(lobbyName, log, 1, parting), kept: keepsLobby(turn) };
  // Whoever finds it without a group founds that.
  return sealedLobby ? { ...lobby, sealed: true } : lobby;
}

function describeGroup(
  turn: Turn,
  group: Group,
  user: User,
  parting: Parting = sameRun,
): KeptConversation {
  const log = groupLog(turn, group) ?? group.log;
  return {
    ...range(groupConversation(group.name), log, group.members.get(user) ?? 1, parting),
    kept: keepsGroup(turn, group),
    admin: group.admin.name,
    ...(group.sealed === undefined && headOf(group)),
    ...(group.sealed && describeSealed(group.sealed)),
  };
}

function headOf({ rules: { topic, owners, moderators } = {} }: Group) {
  return { topic, owners, moderators };
}

function describeSealed({ groupId, commits, lastOut }: SealedState) {
  return { sealed: true as const, groupId, lastCommit: commits[0]?.seq ?? 0, lastOut };
}

function describeDirect(
  { env }: Turn,
  direct: Direct,
  visit: Visit,
  parting: Parting = sameRun,
): KeptConversation {
  const { user, device } = visit;
  const { log, sides, sealed } = direct;
  const own = sides.find((side) => side.user === user);
  const got = own && cursorOf(own, device ?? '');
  const peerGot = sides.find((side) => side !== own)?.furthest;
  const read = { ...range(log.name, log, 1, parting), kept: env.keep.direct, got, peerGot };
  return sealed && hearsRoom(direct, visit) ? { ...read, ...describeSealed(sealed) } : read;
}

/** Up to which number a device of one of its people has stored it. A new one begins where those that are gone ended. */
export function cursorOf({ cursors }: DirectSide, key: string): number {
  const found = cursors.find(({ device }) => device === key);
  return (found ?? cursors.find(({ device }) => device === ''))?.seq ?? 0;
}

/** Whether a connection is told of a private conversation: of that of an account with itself only as of a room. */
function hearsDirect({ sides }: Direct, { private: isHere, can }: Visit): boolean {
  return isHere && (sides.length > 1 || can.rooms === true);
}

/** All conversations of an account that a connection is told of: the lobby, its groups, and the private ones. */
export function describeAll(turn: Turn, visit: Visit, parting: Parting): KeptConversation[] {
  const { user, can } = visit;
  const { sealedLobby } = turn.env;
  const conversations = sealedLobby && !can.sealed ? [] : [describeLobby(turn, user, parting)];
  for (const group of user.groups ?? []) {
    if (hearsGroup(group, visit)) {
      conversations.push(describeGroup(turn, group, user, parting));
    }
  }
  for (const direct of user.account?.directs?.values() ?? []) {
    if (hearsDirect(direct, visit)) {
      conversations.push(describeDirect(turn, direct, visit, parting));
    }
  }
  return conversations;
}

/** Reports to all connections of an account that it is in a group now. */
export function reportGroup(turn: Turn, group: Group, user: User): void {
  if (user.account === undefined) return;
  const joined = { verb: 'JOINED' as const, ...describeGroup(turn, group, user) };
  for (const { connection } of hearersOf(group, user)) report(turn, connection, joined);
}

/** Reports a private conversation to those of its people in `to`, on connections for private messages. */
export function reportDirect(turn: Turn, direct: Direct, to: readonly User[]): void {
  for (const user of to) {
    for (const visit of user.visits) {
      if (!hearsDirect(direct, visit)) continue;
      report(turn, visit.connection, { verb: 'JOINED', ...describeDirect(turn, direct, visit) });
    }
  }
}

/** Reports to all accounts but `user` that the lobby is sealed now: each of their devices enters by itself. */
export function reportLobby(turn: Turn, group: Group, user: User): void {
  for (const other of turn.hub.accounts.values()) {
    if (other !== user && other.visits.length > 0) reportGroup(turn, group, other);
  }
}

/** Reports to all connections of an account that it left a conversation. */
export function reportLeft(
  turn: Turn,
  user: User,
  name: ConversationName,
  why: 'left' | 'kicked' | 'removed',
  to: readonly Visit[] = user.visits,
): void {
  if (user.account === undefined) return;
  for (const { connection } of to) report(turn, connection, { verb: 'LEFT', in: name, why });
}

// Connecting and leaving: the greeting, the login of guests, the list of users, quitting, and cleaning up after a lost
// connection [7.1, 7.4, 7.12]. accounts.ts has the login of accounts, presence.ts notifies accounts of all this.

import { isBoundToCode } from './invites.ts';
import { fatal } from '../../wire/replies.ts';
import { formatUserList, type Event } from '../../wire/events.ts';
import type { CommandOf, LineRefusal } from '../../wire/commands.ts';
import { isBannedFrom } from './address-bans.ts';
import { lobby, type ConnectionId } from '../effects.ts';
import { forgetFiles } from '../files/files.ts';
import type { ConnectionWay } from '../inputs.ts';
import { forgetTransfers } from '../files/kept/kept-transfers.ts';
import { removeMember } from '../groups/members.ts';
import { audienceOf } from '../messages/posts.ts';
import { cameOrWent, unfollow } from './presence.ts';
import { canNothing, foldName, hearsGroup, type Hub, type User, type Visit } from '../state.ts';
import { close, join, leave, send, type Turn } from '../turn.ts';

/** [7.1] Greets a new connection, or refuses it if the server is full. */
export function connect(turn: Turn, connection: ConnectionId, way: ConnectionWay): void {
  const { hub, env } = turn;
  if (hub.connections.size >= env.maxConnections) {
    send(turn, connection, { verb: '-ERR', text: fatal.text('server-full') });
    close(turn, connection);
    return;
  }
  hub.connections.set(connection, { name: 'greeting', refusals: 0, way });
  hub.userList = undefined;
  send(turn, connection, { verb: 'HELO', welcome: env.welcome });
}

/** [7.1] Logs a guest in under a free name. A taken name ends the connection, as in version 1. */
export function login(
  turn: Turn,
  connection: ConnectionId,
  { guests, from }: ConnectionWay,
  command: CommandOf<'HELO'>,
  at: number,
): void {
  const { hub } = turn;
  const key = foldName(command.username);
  const refusal = refuseGuest(hub, key, { guests, from }, at);
  if (refusal !== undefined) {
    evict(turn, connection, { verb: '-ERR', text: fatal.text(refusal) });
    return;
  }
  const user: User = {
    name: command.username,
    account: undefined,
    visits: [],
    groups: undefined,
    lastFrom: undefined,
  };
  hub.users.set(key, user);
  const lobbyOnly = guests === 'lobby';
  const visit = enter(turn, {
    user,
    connection,
    form: 'v1',
    device: undefined,
    private: true,
    lobbyOnly,
    can: canNothing,
    from,
  });
  send(turn, connection, {
    verb: '+OK',
    confirmed: { of: 'HELO', username: command.username },
  });
  join(turn, lobby, visit);
}

function refuseGuest(hub: Hub, key: string, { guests, from }: ConnectionWay, at: number) {
  // Before the name is checked: people who are not let in must not learn who is connected.
  if (guests === 'off') return 'no-guests';
  if (isBannedFrom(hub.bannedFrom, from, at)) return 'address-banned';
  const owner = hub.users.get(key);
  if (owner === undefined) return isBoundToCode(hub, key, at) ? 'name-registered' : undefined;
  return owner.account === undefined ? 'user-logged-in' : 'name-registered';
}

/** Registers a visit of a connection that has logged in. */
export function enter(turn: Turn, visit: Visit): Visit {
  const { hub } = turn;
  const { user, connection } = visit;
  user.visits = user.visits.concat(visit);
  if (user.visits.length === 1) cameOrWent(turn, user);
  hub.connections.set(connection, { name: 'open', visit });
  hub.userList = undefined;
  return visit;
}

/**
 * Refuses a line. Many lines without a login do not come from a person who mistypes, but from a program at the wrong
 * port, which somebody may control. Such a connection is ended before a login can come.
 */
export function refuse(
  turn: Turn,
  connection: ConnectionId,
  { severity, text }: LineRefusal,
): void {
  const phase = turn.hub.connections.get(connection);
  const max = turn.env.maxRefusalsBeforeLogin;
  if (severity === 'fatal') {
    evict(turn, connection, { verb: '-ERR', text });
  } else if (phase?.name === 'greeting' && ++phase.refusals > max) {
    evict(turn, connection, { verb: '-ERR', text: fatal.text('no-login', { max }) });
  } else {
    send(turn, connection, { verb: '-SOFT_ERR', text });
  }
}

/** [7.4] Everybody connected, once, in the order in which they connected; `unknown` before the login. */
export function listUsers(turn: Turn, { connection }: Visit): void {
  const { hub } = turn;
  hub.userList ??= formatUserList(connectedNames(hub));
  send(turn, connection, { verb: '+SUCCESS', text: hub.userList });
}

function connectedNames(hub: Hub): string[] {
  const names: string[] = [];
  for (const phase of hub.connections.values()) {
    if (phase.name === 'greeting') names.push('unknown');
    else if (phase.visit.user.visits[0] === phase.visit) names.push(phase.visit.user.name);
  }
  return names;
}

/** [7.12] Confirms and closes. */
export function quit(turn: Turn, connection: ConnectionId): void {
  evict(turn, connection, { verb: '+OK', confirmed: { of: 'QUIT' } });
}

/** Forgets a connection, sends it the reason, and closes it. */
export function evict(turn: Turn, connection: ConnectionId, last: Event): void {
  forget(turn, connection);
  send(turn, connection, last);
  close(turn, connection);
}

/**
 * Removes a connection everywhere. A guest loses the name, the groups and the rights with it. An account keeps its own,
 * with or without another connection.
 */
export function forget(turn: Turn, connection: ConnectionId): void {
  const { hub } = turn;
  const phase = hub.connections.get(connection);
  hub.connections.delete(connection);
  hub.userList = undefined;
  if (phase?.name !== 'open') return;
  const { visit } = phase;
  const { user } = visit;
  if (user.account === undefined) {
    for (const group of user.groups ?? []) removeMember(turn, group, user);
    hub.users.delete(foldName(user.name));
  } else {
    for (const group of user.groups ?? []) {
      if (hearsGroup(group, visit)) leave(turn, audienceOf(group), connection);
    }
  }
  forgetFiles(turn, visit);
  forgetTransfers(turn, connection);
  user.visits = user.visits.filter((other) => other !== visit);
  user.lastFrom = visit.from;
  leave(turn, lobby, connection);
  unfollow(turn, connection);
  if (user.visits.length === 0) cameOrWent(turn, user);
}

// Coming and going: the greeting, the login, the list of users, quitting, and what a vanished connection
// leaves behind [7.1, 7.4, 7.12].

import { fatal } from '../wire/replies.ts';
import { formatUserList, type Event } from '../wire/events.ts';
import type { CommandOf } from '../wire/commands.ts';
import { lobby, type ConnectionId } from './effects.ts';
import { forgetFiles } from './files.ts';
import { forgetMember } from './groups.ts';
import { foldName, type Hub, type User } from './state.ts';
import { close, join, leave, send, type Turn } from './turn.ts';

/** [7.1] Greets a new connection, or turns it away where the server is full. */
export function connect(turn: Turn, connection: ConnectionId): void {
  const { hub, env } = turn;
  if (hub.connections.size >= env.maxConnections) {
    send(turn, connection, { verb: '-ERR', text: fatal.text('server-full') });
    close(turn, connection);
    return;
  }
  hub.connections.set(connection, { name: 'greeting' });
  hub.userList = undefined;
  send(turn, connection, { verb: 'HELO', welcome: env.welcome });
}

/** [7.1] Logs a connection in under a free name; a taken one ends the connection, as the seed has it. */
export function login(turn: Turn, connection: ConnectionId, command: CommandOf<'HELO'>): void {
  const { hub } = turn;
  const key = foldName(command.username);
  if (hub.users.has(key)) {
    evict(turn, connection, { verb: '-ERR', text: fatal.text('user-logged-in') });
    return;
  }
  const user: User = { name: command.username, connection, groups: undefined };
  hub.users.set(key, user);
  hub.connections.set(connection, { name: 'open', user });
  hub.userList = undefined;
  send(turn, connection, {
    verb: '+OK',
    confirmed: { of: 'HELO', username: command.username },
  });
  join(turn, lobby, connection, 'seed');
}

/** [7.4] Everybody connected, in the order in which they came; `unknown` before the login. */
export function listUsers(turn: Turn, user: User): void {
  const { hub } = turn;
  hub.userList ??= formatUserList(connectedNames(hub));
  send(turn, user.connection, { verb: '+SUCCESS', text: hub.userList });
}

function connectedNames(hub: Hub): string[] {
  const names: string[] = [];
  for (const phase of hub.connections.values()) {
    names.push(phase.name === 'open' ? phase.user.name : 'unknown');
  }
  return names;
}

/** [7.12] Says goodbye and closes. */
export function quit(turn: Turn, connection: ConnectionId): void {
  evict(turn, connection, { verb: '+OK', confirmed: { of: 'QUIT' } });
}

/** Forgets a connection, tells it why, and closes it. */
export function evict(turn: Turn, connection: ConnectionId, last: Event): void {
  forget(turn, connection);
  send(turn, connection, last);
  close(turn, connection);
}

/** Takes a connection out of everything: its name, its groups and its rights are free from here on. */
export function forget(turn: Turn, connection: ConnectionId): void {
  const { hub } = turn;
  const phase = hub.connections.get(connection);
  hub.connections.delete(connection);
  hub.userList = undefined;
  if (phase?.name !== 'open') return;
  const { user } = phase;
  for (const group of user.groups ?? []) forgetMember(turn, group, user);
  forgetFiles(turn, user);
  hub.users.delete(foldName(user.name));
  leave(turn, lobby, connection);
}

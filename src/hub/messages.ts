// Who hears what: broadcasts, private messages and the key exchange that they need, group messages
// [7.2, 7.5, 7.8]. Texts and tokens are passed on as they came; the hub never looks inside.

import type { Event } from '../wire/events.ts';
import type { CommandOf } from '../wire/commands.ts';
import type { Username } from '../wire/text.ts';
import { postToGroup, postToLobby } from './posts.ts';
import { findGroup, findUser, type User } from './state.ts';
import { send, sendSoftError, type Turn } from './turn.ts';

/** [7.2] To everybody else who is logged in; the sender gets a confirmation. */
export function broadcast(turn: Turn, user: User, { text }: CommandOf<'BCST'>, at: number): void {
  postToLobby(turn, user, text, at);
  send(turn, user.connection, { verb: '+OK', confirmed: { of: 'BCST', text } });
}

function passOn(turn: Turn, user: User, to: Username, event: Event): void {
  const receiver = findUser(turn.hub, to);
  if (receiver === undefined) sendSoftError(turn, user.connection, 'no-such-user');
  else send(turn, receiver.connection, event);
}

/** [7.5] To one user, tokens unread. */
export function privateMessage(turn: Turn, user: User, { to, payload }: CommandOf<'PM'>): void {
  passOn(turn, user, to, { verb: 'PM', from: user.name, payload });
}

/** [7.5] Asks a user for a public key. */
export function requestPublicKey(
  turn: Turn,
  user: User,
  { of, timestamp }: CommandOf<'REQUEST_PUBLIC_KEY'>,
): void {
  passOn(turn, user, of, { verb: 'REQUEST_PUBLIC_KEY', from: user.name, timestamp });
}

/** [7.5] Hands a public key to the user who asked for it. */
export function publicKey(turn: Turn, user: User, command: CommandOf<'PUBLIC_KEY'>): void {
  const { to, key, timestamp } = command;
  passOn(turn, user, to, { verb: 'PUBLIC_KEY', from: user.name, key, timestamp });
}

/** [7.8] To every member of a group, the sender among them. */
export function groupMessage(
  turn: Turn,
  user: User,
  command: CommandOf<'GROUP_MESSAGE'>,
  at: number,
): void {
  const group = findGroup(turn.hub, command.group);
  if (group === undefined) {
    sendSoftError(turn, user.connection, 'no-such-group');
  } else if (!group.members.has(user)) {
    sendSoftError(turn, user.connection, 'not-allowed-to-write');
  } else {
    postToGroup(turn, group, user, command.text, at);
  }
}

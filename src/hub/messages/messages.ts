// Messages by version 1: broadcasts, private messages and the key exchange that they need, group messages [7.2, 7.5,
// 7.8]. Texts and tokens are forwarded unchanged; the hub never looks inside.

import type { Event } from '../../wire/events.ts';
import type { CommandOf } from '../../wire/commands.ts';
import type { Username } from '../../wire/text.ts';
import { hasBlocked } from '../users/blocks.ts';
import { noteSpoken, writeRefusal, type WriteRefusal } from '../groups/sanctions.ts';
import { groupRefusal, lobbyRefusal, postToGroup, postToLobby } from './posts.ts';
import { findGroup, findNamed, primary, type Visit } from '../state.ts';
import { send, sendSoftError, type Turn } from '../turn.ts';

/** [7.2] To everybody else who is logged in. The sender gets a confirmation. */
export function broadcast(turn: Turn, visit: Visit, { text }: CommandOf<'BCST'>, at: number): void {
  const { connection } = visit;
  const refusal = turn.env.sealedLobby ? 'lobby-sealed' : lobbyRefusal(turn, visit, at);
  if (refusal !== undefined) {
    sendSoftError(turn, connection, refusal);
    return;
  }
  postToLobby(turn, { visit, at, text });
  send(turn, connection, { verb: '+OK', confirmed: { of: 'BCST', text } });
}

function passOn(turn: Turn, { user, connection }: Visit, to: Username, event: Event): void {
  const receiver = findNamed(turn.hub, to);
  // A blocked person gets the same answer as if the receiver were offline.
  const visit = receiver && !hasBlocked(receiver, user) ? primary(receiver) : undefined;
  if (visit === undefined) sendSoftError(turn, connection, 'no-such-user');
  else send(turn, visit.connection, event);
}

/** [7.5] To one user. The tokens are not read. */
export function privateMessage(turn: Turn, visit: Visit, { to, payload }: CommandOf<'PM'>): void {
  passOn(turn, visit, to, { verb: 'PM', from: visit.user.name, payload });
}

/** [7.5] Asks a user for a public key. */
export function requestPublicKey(
  turn: Turn,
  visit: Visit,
  { of, timestamp }: CommandOf<'REQUEST_PUBLIC_KEY'>,
): void {
  passOn(turn, visit, of, { verb: 'REQUEST_PUBLIC_KEY', from: visit.user.name, timestamp });
}

/** [7.5] Passes a public key to the user who asked for it. */
export function publicKey(turn: Turn, visit: Visit, command: CommandOf<'PUBLIC_KEY'>): void {
  const { to, key, timestamp } = command;
  passOn(turn, visit, to, { verb: 'PUBLIC_KEY', from: visit.user.name, key, timestamp });
}

/** [7.8] To every member of a group, the sender included. */
export function groupMessage(
  turn: Turn,
  visit: Visit,
  command: CommandOf<'GROUP_MESSAGE'>,
  at: number,
): void {
  const group = findGroup(turn.hub, command.group, visit.user);
  const unwanted = group && writeRefusal(group, visit.user, at);
  const refusal = group && groupRefusal(turn, group, visit, at);
  if (group === undefined) {
    sendSoftError(turn, visit.connection, 'no-such-group');
  } else if (!group.members.has(visit.user) || group.sealed !== undefined) {
    sendSoftError(turn, visit.connection, 'not-allowed-to-write');
  } else if (unwanted !== undefined) {
    refuseToWrite(turn, visit, unwanted);
  } else if (refusal !== undefined) {
    sendSoftError(turn, visit.connection, refusal);
  } else {
    noteSpoken(group, visit.user, at);
    postToGroup(turn, group, { visit, at, text: command.text });
  }
}

function refuseToWrite(turn: Turn, { connection }: Visit, refusal: WriteRefusal): void {
  if (refusal.code !== 'too-soon') {
    sendSoftError(turn, connection, refusal.code);
    return;
  }
  const seconds = Math.ceil(refusal.retryMs / 1000);
  sendSoftError(turn, connection, 'slow-mode', { seconds });
}

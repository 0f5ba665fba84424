// A room: whatever is sealed with an MLS group of its own, a group, the lobby, or a private conversation [13.7, 13.9,
// 13.10]. Here is all in which they differ. The other files of this folder work on what they share: a log, a roster, and
// the leaves behind the last commits.

import { err, ok, type Result } from '../../../lib/result.ts';
import type { FailureCode } from '../../../wire/extended/failures.ts';
import {
  conversationGroup,
  groupConversation,
  type ConversationName,
  type Place,
} from '../../../wire/extended/names.ts';
import type { GroupName } from '../../../wire/text.ts';
import type { LogLine } from '../../effects.ts';
import { groupLog, keepsGroup } from '../../messages/logs.ts';
import { audienceOf } from '../../messages/posts.ts';
import {
  findGroup,
  findNamed,
  foldName,
  type Direct,
  type Group,
  type Hub,
  type Log,
  type User,
  type Visit,
} from '../../state.ts';
import type { Turn } from '../../turn.ts';
import { hearersOfPrivate, isFounded, isInPrivate } from './private-room.ts';

export type Room = Group | Direct;

export function isPrivate(room: Room): room is Direct {
  return 'sides' in room;
}

export function nameOf(room: Room): ConversationName {
  return isPrivate(room) ? room.log.name : groupConversation(room.name);
}

/** What the charter calls it. */
export function charterNameOf(room: Room): GroupName {
  return isPrivate(room) ? conversationGroup(room.log.name) : room.name;
}

/** Whether anybody may speak there as in a room. */
export function isThere(room: Room): boolean {
  return isPrivate(room) ? isFounded(room) : room.sealed !== undefined;
}

export function isIn(room: Room, user: User): boolean {
  return isPrivate(room) ? isInPrivate(room, user) : room.members.has(user);
}

/** Whether somebody was put out of it and may not enter, or may not see how: the roster would let nobody in by that alone. */
export function isBarred(room: Room, user: User): boolean {
  if (!isPrivate(room)) return room.banned.has(foldName(user.name));
  return room.sealed?.roster.admitted.some(({ name }) => name === user.name) !== true;
}

/** The log of its next line; undefined where nothing is kept. */
export function logOf(turn: Turn, room: Room): Log | undefined {
  return isPrivate(room) ? room.log : (groupLog(turn, room) ?? room.log);
}

export function isKept(turn: Turn, room: Room): boolean {
  return isPrivate(room) ? turn.env.keep.direct : keepsGroup(turn, room);
}

/** Who hears a line of it. */
export function hearersOf(room: Room, by: Visit | undefined): Pick<LogLine, 'audience' | 'to'> {
  return isPrivate(room)
    ? { audience: undefined, to: hearersOfPrivate(room, by) }
    : { audience: audienceOf(room), to: [] };
}

/** Where a request about a room goes: the room may be to be founded yet. */
export type RoomPlace =
  | { readonly kind: 'group'; readonly group: GroupName }
  | { readonly kind: 'private'; readonly peer: User };

/** What a place means for a connection, or why it can't speak of rooms there. `group`: that of the place, if it is one. */
export function roomPlaceOf(
  hub: Hub,
  { can, private: isHere }: Visit,
  place: Place | undefined,
  group: GroupName | undefined,
): Result<RoomPlace, FailureCode> {
  if (place?.kind !== 'direct') {
    return can.sealed && group !== undefined ? ok({ kind: 'group', group }) : err('no-such-place');
  }
  if (can.rooms !== true) return err('no-such-place');
  // A second program does not have the keys of the first.
  if (!isHere) return err('not-here');
  const peer = findNamed(hub, place.user);
  return peer?.account === undefined ? err('no-such-account') : ok({ kind: 'private', peer });
}

/** The room there, sealed or not yet; undefined where there is none for that person. */
export function findRoom(hub: Hub, { user }: Visit, place: RoomPlace): Room | undefined {
  return place.kind === 'group'
    ? findGroup(hub, place.group, user)
    : user.account?.directs?.get(place.peer);
}

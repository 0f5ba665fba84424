// The other side of a file: a person, or all of a sealed group, which may be a sealed lobby. As transfers and their records
// name it, and in words.

import { groupAt, lobbyGroup, parseAnyGroupName, type Place } from '../../wire/extended/names.ts';
import { parseUsername, type GroupName } from '../../wire/text.ts';
import type { Transfer } from './transfer.ts';

/** The name of a person, or `#` and the name of a group: of the lobby that of its group, which nobody can have. */
export function peerAt(place: Place): string {
  return place.kind === 'direct' ? place.user : `#${groupAt(place) ?? ''}`;
}

/** Undefined where it is neither. */
export function placeOfPeer(peer: string): Place | undefined {
  const user = parseUsername(peer);
  if (user !== undefined) return { kind: 'direct', user };
  const group = peer.startsWith('#') ? parseAnyGroupName(peer.slice(1)) : undefined;
  return group && placeOfGroup(group);
}

export function placeOfGroup(group: GroupName): Place {
  return group === lobbyGroup ? { kind: 'lobby' } : { kind: 'group', group };
}

export function groupWords(group: string): string {
  return group === lobbyGroup ? 'the lobby' : `#${group}`;
}

/** Whom it is for, or who sends it. */
export function peerWords({ direction, peer, group }: Transfer): string {
  return direction === 'outgoing' && group !== undefined ? groupWords(group) : peer;
}

// What the shell may ask the hub about a room, for somebody who is in it or may enter it. Read-only.

import { encodeBase64url } from '../../../lib/base64url.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import type { FailureCode } from '../../../wire/extended/failures.ts';
import { groupAt, type ConversationName, type Place } from '../../../wire/extended/names.ts';
import type { ConnectionId } from '../../effects.ts';
import type { LogId, TreeRecord } from '../../records.ts';
import type { Hub } from '../../state.ts';
import { findRoom, isBarred, isIn, isThere, nameOf, roomPlaceOf } from './room.ts';
import { lastCommitOf } from './sealed-state.ts';

export interface SealedView {
  readonly log: LogId;
  /** The number that clients know the log by. */
  readonly number: number;
  readonly name: ConversationName;
  readonly groupId: string;
  readonly last: number;
  readonly lastOut: number;
  /** Base64url. */
  readonly head: string;
  readonly trees: readonly TreeRecord[];
}

/** A room as a connection may see it, or why not. */
export function sealedView(
  hub: Hub,
  connection: ConnectionId,
  place: Place,
): Result<SealedView, FailureCode> {
  const phase = hub.connections.get(connection);
  if (phase?.name !== 'open') return err('no-such-place');
  const { visit } = phase;
  const where = roomPlaceOf(hub, visit, place, groupAt(place));
  if (!where.ok) return where;
  const room = findRoom(hub, visit, where.value);
  if (room === undefined) return err(place.kind === 'direct' ? 'not-sealed' : 'no-such-place');
  const { sealed, log } = room;
  if (sealed === undefined || log === undefined || !isThere(room)) return err('not-sealed');
  if (!isIn(room, visit.user) && isBarred(room, visit.user)) return err('not-admitted');
  const { groupId, lastOut, roster, trees } = sealed;
  return ok({
    log: log.id,
    number: log.number,
    name: nameOf(room),
    groupId,
    last: lastCommitOf(sealed),
    lastOut,
    head: encodeBase64url(roster.head),
    trees,
  });
}

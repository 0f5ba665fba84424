// What the shell may ask the hub about a sealed group, for somebody who is in it or may enter it. Read-only.

import { encodeBase64url } from '../../../lib/base64url.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import type { FailureCode } from '../../../wire/extended/failures.ts';
import {
  groupAt,
  groupConversation,
  type ConversationName,
  type Place,
} from '../../../wire/extended/names.ts';
import type { ConnectionId } from '../../effects.ts';
import type { LogId, TreeRecord } from '../../records.ts';
import { findGroupFor, foldName, type Hub } from '../../state.ts';
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

/** A sealed group as a connection may see it, or why not. */
export function sealedView(
  hub: Hub,
  connection: ConnectionId,
  place: Place,
): Result<SealedView, FailureCode> {
  const phase = hub.connections.get(connection);
  const name = groupAt(place);
  if (phase?.name !== 'open' || name === undefined) return err('no-such-place');
  const { visit } = phase;
  const group = visit.can.sealed ? findGroupFor(hub, name, visit) : undefined;
  if (group === undefined) return err('no-such-place');
  const { sealed, log, members, banned } = group;
  if (sealed === undefined || log === undefined) return err('not-sealed');
  const isIn = members.has(visit.user);
  if (!isIn && banned.has(foldName(visit.user.name))) return err('not-admitted');
  const { groupId, lastOut, roster, trees } = sealed;
  return ok({
    log: log.id,
    number: log.number,
    name: groupConversation(group.name),
    groupId,
    last: lastCommitOf(sealed),
    lastOut,
    head: encodeBase64url(roster.head),
    trees,
  });
}

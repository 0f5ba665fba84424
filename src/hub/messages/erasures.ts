// ERASE [14.30]: what was said under a number is deleted for good, by who said it, or by an owner or moderator of its group. The
// shell has read the line; the hub does not hold what was said.

import { parsePlace, type Place } from '../../wire/extended/names.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import { invariant } from '../../lib/invariant.ts';
import { removeFileOf } from '../files/kept/removals.ts';
import type { SaidLine } from '../inputs.ts';
import { mayIn } from '../groups/roles.ts';
import { readable } from '../lookups.ts';
import { findGroup, type User, type Visit } from '../state.ts';
import { change, fail, report, type Turn } from '../turn.ts';

/** `line`: what the log has under that number; undefined where nothing is left of it. */
export function eraseMessage(
  turn: Turn,
  visit: Visit,
  request: RequestOf<'ERASE'>,
  line: SaidLine | undefined,
): void {
  const { connection, user } = visit;
  const { label, seq } = request;
  const place = parsePlace(request.in);
  invariant(place, 'the schema has checked the request');
  const where = readable(turn.hub, connection, place);
  if (!where.ok) {
    fail(turn, connection, request, where.error);
    return;
  }
  const { log, name, last } = where.value;
  if (place.kind === 'direct' && !visit.private) fail(turn, connection, request, 'not-here');
  else if (seq > last || line?.isMessage === false) {
    fail(turn, connection, request, 'no-such-message');
  } else if (line !== undefined && !isOf(line, user) && !mayErase(turn, place, user)) {
    fail(turn, connection, request, 'not-yours');
  } else if (!turn.hub.storing) fail(turn, connection, request, 'store-failed');
  else {
    // Also where nothing can be read any more: the disk may still have it.
    change(turn, { type: 'line-erased', log, seq });
    removeFileOf(turn, name, seq);
    report(turn, connection, { verb: 'ERASED', label, in: name, seq });
  }
}

/** Somebody else may have had the name before the account. */
function isOf({ from, isGuest, at }: SaidLine, { name, account }: User): boolean {
  return from === name && !isGuest && account !== undefined && at >= account.createdAt;
}

function mayErase({ hub }: Turn, place: Place, user: User): boolean {
  const group = place.kind === 'group' ? findGroup(hub, place.group, user) : undefined;
  return group !== undefined && mayIn(group, user, 'delete');
}

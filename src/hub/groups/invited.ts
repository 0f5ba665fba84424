// Groups by invitation: the admin decides who may join, and for everybody else the group does not exist. Only accounts
// can be invited, because another person may have a guest's name tomorrow.

import { groupConversation, parsePlace, type Place } from '../../wire/extended/names.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import { reportGroup } from '../messages/conversations.ts';
import { tellInvited } from './invitation.ts';
import type { CheckedParts } from '../inputs.ts';
import { makeGroup } from './groups.ts';
import { admit, admitPeer, type SignedRequest } from './sealed/admit.ts';
import { mayIn } from './roles.ts';
import { unban } from './sanctions.ts';
import { findRoom, isPrivate, roomPlaceOf } from './sealed/room.ts';
import { findGroupFor, findNamed, foldName, type Group, type Visit } from '../state.ts';
import { change, fail, report, type Turn } from '../turn.ts';

type Asked = RequestOf<'CREATE'> | RequestOf<'INVITE'>;

/** CREATE: makes a group by invitation. */
export function createByInvitation(turn: Turn, visit: Visit, request: RequestOf<'CREATE'>): void {
  const place = parsePlace(request.in);
  if (place?.kind !== 'group') return fail(turn, visit.connection, request, 'no-such-place');
  const made = makeGroup(turn, visit.user, place.group, new Set(), undefined);
  if (typeof made === 'string') return fail(turn, visit.connection, request, made);
  reportGroup(turn, made, visit.user);
  tell(turn, visit, request, made);
}

/** INVITE: lets an account enter, or takes that back. Answered by everybody who may enter. */
export function invite(
  turn: Turn,
  visit: Visit,
  request: RequestOf<'INVITE'>,
  parts: CheckedParts,
  at: number,
): void {
  const { connection, user } = visit;
  const place = parsePlace(request.in);
  if (place?.kind === 'direct') return invitePeer(turn, visit, place, { request, parts, at });
  const group = place?.kind === 'group' ? findGroupFor(turn.hub, place.group, visit) : undefined;
  if (group === undefined) return fail(turn, connection, request, 'no-such-place');
  if (!mayIn(group, user, 'invite')) return fail(turn, connection, request, 'not-the-admin');
  if (group.sealed !== undefined && request.user !== undefined) {
    const refusal = admit(turn, visit, group, { request, parts, at });
    return refusal === undefined
      ? tell(turn, visit, request, group)
      : fail(turn, connection, request, refusal);
  }
  if (group.invited === undefined) return fail(turn, connection, request, 'not-by-invitation');
  if (request.user === undefined) return tell(turn, visit, request, group);
  const account = findNamed(turn.hub, request.user)?.account;
  if (account === undefined) return fail(turn, connection, request, 'no-such-account');
  if (!turn.hub.storing) return fail(turn, connection, request, 'store-failed');
  const was = group.invited.has(account.id);
  const record = { group: group.name, account: account.id };
  if (request.off === true) {
    if (group.invited.delete(account.id))
      change(turn, { type: 'invited-removed', invited: record });
  } else if (!was) {
    if (group.invited.size >= turn.env.maxInvitedPerGroup) {
      return fail(turn, connection, request, 'too-many-invited');
    }
    group.invited.add(account.id);
    change(turn, { type: 'invited', invited: record });
    letBack(turn, group, request.user);
    tellInvited(turn, group, request.user, user);
  }
  tell(turn, visit, request, group);
}

/** Into a sealed private conversation [13.10]. */
function invitePeer(turn: Turn, visit: Visit, place: Place, signed: SignedRequest<'INVITE'>): void {
  const { connection } = visit;
  const { request } = signed;
  const where = roomPlaceOf(turn.hub, visit, place, undefined);
  if (!where.ok) return fail(turn, connection, request, where.error);
  const room = findRoom(turn.hub, visit, where.value);
  if (room === undefined || !isPrivate(room)) {
    return fail(turn, connection, request, 'not-sealed');
  }
  const refusal = admitPeer(turn, visit, room, signed);
  if (refusal !== undefined) return fail(turn, connection, request, refusal);
  const people = room.sealed?.roster.admitted.map(({ name }) => name) ?? [];
  report(turn, connection, { verb: 'INVITED', label: request.label, in: room.log.name, people });
}

/** A person who was kicked out and is invited again may enter. */
function letBack(turn: Turn, group: Group, name: string): void {
  unban(turn, group, foldName(name));
}

function tell(turn: Turn, { connection }: Visit, { label }: Asked, group: Group): void {
  const people = [...(group.invited ?? [])]
    .map((id) => turn.hub.accounts.get(id)?.name)
    .filter((name) => name !== undefined);
  report(turn, connection, { verb: 'INVITED', label, in: groupConversation(group.name), people });
}

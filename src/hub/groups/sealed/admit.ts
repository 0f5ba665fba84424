// What the admin of a room signs outside of commits: who may enter, and who else is an admin [14.12, 14.13]. It stands in a
// line of the log of its own, so that members can check it.

import type { RosterItem } from '../../../wire/extended/events.ts';
import type { FailureCode } from '../../../wire/extended/failures.ts';
import type { RequestOf } from '../../../wire/extended/requests.ts';
import type { RecordKind } from '../../../wire/statements/roster-record.ts';
import type { CheckedParts } from '../../inputs.ts';
import { reportDirect } from '../../messages/conversations.ts';
import { keepingRefusal } from '../../messages/posts.ts';
import { useQuota } from '../../quotas.ts';
import { findNamed, type Direct, type Group, type Visit } from '../../state.ts';
import type { Turn } from '../../turn.ts';
import { tellInvited } from '../invitation.ts';
import { admitsAlone } from './found-private.ts';
import { followRoster } from './mirror.ts';
import { isAdminIn, peerIn } from './private-room.ts';
import { withRecords } from './records.ts';
import { isIn, type Room } from './room.ts';
import { addLine, keepState } from './sealed-log.ts';
import { maxRosterItems } from './sealed-state.ts';

/** A request with records, and what the shell has found of them. */
export interface SignedRequest<V extends 'INVITE' | 'HAND_OVER' | 'RULES'> {
  readonly request: RequestOf<V>;
  readonly parts: CheckedParts;
  readonly at: number;
}

/** INVITE to a sealed group: `admit`, or `out` with `off`. Returns why not. */
export function admit(
  turn: Turn,
  visit: Visit,
  group: Group,
  { request, parts, at }: SignedRequest<'INVITE'>,
): FailureCode | undefined {
  const { user: name, off } = request;
  if (findNamed(turn.hub, name ?? '')?.account === undefined) return 'no-such-account';
  const isNamed = parts.records?.some(({ body }) => {
    return body.kind === 'admit' && body.people.some((one) => one.name === name);
  });
  if (off !== true && isNamed !== true) return 'record-refused';
  const kind = off === true ? 'out' : 'admit';
  const refusal = addRecords(turn, visit, group, { request, parts, at }, [kind]);
  if (refusal === undefined && off !== true) tellInvited(turn, group, name ?? '', visit.user);
  return refusal;
}

/**
 * INVITE in a private conversation: the other one, who has another root since the operator's reset. Their connections hear
 * that they may enter. Returns why not.
 */
export function admitPeer(
  turn: Turn,
  visit: Visit,
  room: Direct,
  signed: SignedRequest<'INVITE'>,
): FailureCode | undefined {
  const { request, parts } = signed;
  const peer = peerIn(room, visit.user);
  if (!isIn(room, visit.user)) return room.sealed === undefined ? 'not-sealed' : 'not-a-member';
  if (!isAdminIn(room, visit.user)) return 'not-the-admin';
  if (peer === undefined || request.user !== peer.name || request.off === true) {
    return 'record-refused';
  }
  if (!admitsAlone(parts.records ?? [], peer)) return 'record-refused';
  const refusal = addRecords(turn, visit, room, signed, ['admit']);
  if (refusal === undefined) reportDirect(turn, room, [peer]);
  return refusal;
}

/** HAND_OVER of a sealed group: `admins`. Returns why not. */
export function handOverSealed(
  turn: Turn,
  visit: Visit,
  group: Group,
  signed: SignedRequest<'HAND_OVER'>,
): FailureCode | undefined {
  return addRecords(turn, visit, group, signed, ['admins']);
}

/** Puts the records of a request into the roster, in a line of their own. Returns why not. */
export function addRecords(
  turn: Turn,
  visit: Visit,
  room: Room,
  { request: { records = [] }, parts, at }: SignedRequest<'INVITE' | 'HAND_OVER' | 'RULES'>,
  kinds: readonly RecordKind[],
): FailureCode | undefined {
  const state = room.sealed;
  if (state === undefined) return 'not-sealed';
  const refusal = keepingRefusal(turn);
  if (refusal !== undefined) return refusal;
  if (
    records.length === 0 ||
    parts.records?.some(({ body }) => !kinds.includes(body.kind)) !== false
  ) {
    return 'record-refused';
  }
  if (state.rosterItems + records.length > maxRosterItems) return 'group-full';
  const roster = withRecords(state.roster, parts.records, visit);
  if (roster === undefined) return 'record-refused';
  const before = state.roster;
  state.roster = roster;
  const items = (seq: number): RosterItem[] => records.map((record) => ({ seq, record }));
  const seq = addLine(turn, room, state, { visit, id: undefined, at, part: { records }, items });
  const putsOut = parts.records?.some(({ body }) => body.kind === 'out' || body.kind === 'ban');
  if (putsOut && seq !== undefined) state.lastOut = seq;
  useQuota(turn, visit, 2 * records.reduce((sum, { length }) => sum + length, 0), at);
  keepState(turn, room, state);
  followRoster(turn, room, before, at);
  return undefined;
}

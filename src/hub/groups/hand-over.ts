// What an admin does with the whole group: hands it over to another member, or ends it [14.13, 14.14]. Version 1 has no
// such commands; its members get replies of the same form.

import { groupConversation, parsePlace } from '../../wire/extended/names.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import { reportLeft } from '../messages/conversations.ts';
import { hasGroupsEnough } from './groups.ts';
import type { CheckedParts } from '../inputs.ts';
import { handOverSealed } from './sealed/admit.ts';
import { dissolve, makeAdmin } from './members.ts';
import { mayIn, withRole } from './roles.ts';
import { setRules } from './sanctions.ts';
import { findGroupFor, findNamed, hearersOf, type Group, type User, type Visit } from '../state.ts';
import { fail, report, sendSuccess, type Turn } from '../turn.ts';

type GroupRequest = RequestOf<'HAND_OVER'> | RequestOf<'END_GROUP'>;

export function handOver(
  turn: Turn,
  visit: Visit,
  request: RequestOf<'HAND_OVER'>,
  parts: CheckedParts,
  at: number,
): void {
  const { connection, user } = visit;
  const group = administered(turn, visit, request);
  if (group === undefined) return;
  const heir = findNamed(turn.hub, request.user);
  if (heir === user) return fail(turn, connection, request, 'to-yourself');
  if (heir === undefined || !group.members.has(heir)) {
    return fail(turn, connection, request, 'no-such-member');
  }
  if (hasGroupsEnough(turn, heir)) {
    return fail(turn, connection, request, 'member-has-too-many-groups');
  }
  const refusal =
    group.sealed === undefined
      ? replaceOwner(turn, group, user, heir)
      : handOverSealed(turn, visit, group, { request, parts, at });
  if (typeof refusal === 'string') return fail(turn, connection, request, refusal);
  confirm(turn, visit, request, group);
}

/** In the place of `user`, who is a member from here on. */
function replaceOwner(turn: Turn, group: Group, user: User, heir: User): void {
  const { rules } = group;
  if (group.admin === user) makeAdmin(turn, group, heir);
  if (rules === undefined) return;
  const role = group.admin === heir ? 'member' : 'owner';
  setRules(turn, group, withRole(withRole(rules, user, 'member'), heir, role));
}

export function endGroup(turn: Turn, visit: Visit, request: RequestOf<'END_GROUP'>): void {
  const group = administered(turn, visit, request);
  if (group === undefined) return;
  const members = [...group.members.keys()];
  dissolve(turn, group);
  for (const member of members) {
    reportLeft(turn, member, groupConversation(group.name), 'removed', hearersOf(group, member));
    // An account's extended connections get an event. Those by HELO get a reply.
    for (const { connection, form } of member.visits) {
      if (form === 'v1') sendSuccess(turn, connection, 'group-ended', { group: group.name });
    }
  }
  confirm(turn, visit, request, group);
}

/** The group of a request, if the user is its admin and it can be changed. Otherwise sends the reason. */
function administered(turn: Turn, visit: Visit, request: GroupRequest) {
  const { connection, user } = visit;
  const place = parsePlace(request.in);
  const group = place?.kind === 'group' ? findGroupFor(turn.hub, place.group, visit) : undefined;
  if (group === undefined) fail(turn, connection, request, 'no-such-place');
  else if (!group.members.has(user)) fail(turn, connection, request, 'not-a-member');
  else if (!mayIn(group, user, 'end')) fail(turn, connection, request, 'not-the-admin');
  else if (!turn.hub.storing) fail(turn, connection, request, 'store-failed');
  else return group;
  return undefined;
}

function confirm(turn: Turn, { connection }: Visit, { label }: GroupRequest, group: Group): void {
  report(turn, connection, { verb: 'GROUP_CHANGED', label, in: groupConversation(group.name) });
}

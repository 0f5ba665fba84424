// RULES [14.33]: the topic, the roles, bans and rules of an open group. Version 1 has no such commands; its members see
// only that they cannot write, and who was put out. Those of a sealed group are in its roster (sealed/govern.ts).

import type { FailureCode } from '../../wire/extended/failures.ts';
import { groupConversation, parsePlace } from '../../wire/extended/names.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import {
  holdsAt,
  maxRoleHolders,
  maxSanctions,
  type GroupRules,
} from '../../wire/groups/group-rules.ts';
import type { GroupAct } from '../../wire/groups/rights.ts';
import { success } from '../../wire/replies.ts';
import type { CheckedParts } from '../inputs.ts';
import { reportLeft } from '../messages/conversations.ts';
import { audienceOf, notifyGroup } from '../messages/posts.ts';
import {
  findGroupFor,
  findNamed,
  foldName,
  hearersOf,
  type Group,
  type User,
  type Visit,
} from '../state.ts';
import { announce, fail, report, sendSuccess, type Turn } from '../turn.ts';
import { hasGroupsEnough } from './groups.ts';
import { ban, makeAdmin, removeMember } from './members.ts';
import { mayIn, roleOf, withRole } from './roles.ts';
import { setRules, unban } from './sanctions.ts';
import { governSealed, sealedRules } from './sealed/govern.ts';

type Asked = RequestOf<'RULES'>;

const second = 1000;

/** Answers RULES: with the rules, or why nothing was changed. */
export function governGroup(
  turn: Turn,
  visit: Visit,
  request: Asked,
  parts: CheckedParts,
  at: number,
): void {
  const { connection, user } = visit;
  const place = parsePlace(request.in);
  const group = place?.kind === 'group' ? findGroupFor(turn.hub, place.group, visit) : undefined;
  if (group === undefined) return fail(turn, connection, request, 'no-such-place');
  if (!group.members.has(user)) return fail(turn, connection, request, 'not-a-member');
  const act = actOf(request);
  const isMisplaced = (request.records !== undefined) !== (group.sealed !== undefined);
  if (act === 'malformed' || (act !== undefined && isMisplaced)) {
    return fail(turn, connection, request, 'malformed');
  }
  if (act !== undefined) {
    if (!mayIn(group, user, act)) return fail(turn, connection, request, 'not-allowed');
    if (!turn.hub.storing) return fail(turn, connection, request, 'store-failed');
    const signed = { request, parts, at };
    const refusal =
      group.sealed === undefined
        ? changeOpen(turn, visit, group, request, at)
        : governSealed(turn, visit, group, signed);
    if (refusal !== undefined) {
      const { code, people } = typeof refusal === 'string' ? { code: refusal } : refusal;
      return fail(turn, connection, request, code, { people });
    }
    announce(turn, audienceOf(group), { verb: 'RULES', ...told(group, undefined, at) });
  }
  report(turn, connection, { verb: 'RULES', label: request.label, ...told(group, user, at) });
}

/** What a request is about: one thing. Undefined: it asks. */
function actOf(request: Asked): GroupAct | 'malformed' | undefined {
  const { user, role, ban, silence, topic, description, slow, announce, seconds, reason } = request;
  const ofPerson = [role, ban, silence].filter((one) => one !== undefined).length;
  const ofGroup = [topic, description, slow, announce, request.public].filter(
    (one) => one !== undefined,
  ).length;
  const isTimed = seconds !== undefined || reason !== undefined;
  if (isTimed && ban !== true && silence !== true) return 'malformed';
  if (user === undefined) {
    if (ofPerson > 0 || ofGroup > 1) return 'malformed';
    if (ofGroup === 0) return undefined;
    return request.public === undefined ? 'rules' : 'listing';
  }
  if (ofPerson !== 1 || ofGroup > 0) return 'malformed';
  if (role !== undefined) return 'roles';
  if (silence !== undefined) return 'silence';
  return ban === true ? 'ban' : 'unban';
}

function changeOpen(
  turn: Turn,
  visit: Visit,
  group: Group,
  request: Asked,
  at: number,
): FailureCode | undefined {
  const { topic, description, slow, announce: isOn, public: isPublic, user } = request;
  if (user !== undefined) return changePerson(turn, visit, group, { ...request, user }, at);
  if (isPublic === true && group.invited !== undefined) return 'by-invitation';
  const rules = group.rules ?? {};
  setRules(turn, group, {
    ...rules,
    ...(topic !== undefined && { topic: topic === '' ? undefined : topic }),
    ...(description !== undefined && { description: description === '' ? undefined : description }),
    ...(slow !== undefined && { slow: slow === 0 ? undefined : slow }),
    ...(isOn !== undefined && { announce: isOn ? true : undefined }),
    ...(isPublic !== undefined && { public: isPublic ? true : undefined }),
  });
  return undefined;
}

interface AboutPerson extends Omit<Asked, 'user'> {
  readonly user: string;
}

function changePerson(
  turn: Turn,
  { user: actor }: Visit,
  group: Group,
  request: AboutPerson,
  at: number,
): FailureCode | undefined {
  const { role, silence } = request;
  if (request.ban === false) {
    return unban(turn, group, foldName(request.user)) ? undefined : 'no-such-member';
  }
  const found = findNamed(turn.hub, request.user);
  if (found === undefined) return 'no-such-account';
  if (role !== undefined) return changeRole(turn, group, found, role);
  if (found === actor) return 'to-yourself';
  if (!group.members.has(found) && request.ban !== true) return 'no-such-member';
  const act = request.ban === true ? 'ban' : 'silence';
  if (!mayIn(group, actor, act, found)) return 'not-allowed';
  return request.ban === true
    ? banFor(turn, actor, group, found, request, at)
    : silenceFor(turn, group, found, silence === true, untilOf(request, at), at);
}

function untilOf({ seconds }: AboutPerson, at: number): number | undefined {
  return seconds === undefined ? undefined : at + seconds * second;
}

function changeRole(
  turn: Turn,
  group: Group,
  user: User,
  role: 'owner' | 'moderator' | 'member',
): FailureCode | undefined {
  if (!group.members.has(user)) return 'no-such-member';
  if (user.account === undefined) return 'no-such-account';
  const rules = group.rules ?? {};
  const holders = new Set([...(rules.owners ?? []), ...(rules.moderators ?? [])]);
  holders.add(group.admin.name);
  if (role !== 'member' && !holders.has(user.name) && holders.size >= maxRoleHolders) {
    return 'too-many-roles';
  }
  if (user === group.admin && role !== 'owner') {
    const other = [...group.members.keys()].find(
      (one) => one !== user && roleOf(group, one) === 'owner',
    );
    if (other === undefined) return 'last-owner';
    if (hasGroupsEnough(turn, other)) return 'member-has-too-many-groups';
    makeAdmin(turn, group, other);
  }
  setRules(turn, group, withRole(rules, user, role));
  return undefined;
}

function silenceFor(
  turn: Turn,
  group: Group,
  { name }: User,
  isOn: boolean,
  until: number | undefined,
  at: number,
): FailureCode | undefined {
  const rules = group.rules ?? {};
  const others = (rules.silenced ?? []).filter((one) => one.user !== name && holdsAt(one, at));
  const silenced = isOn
    ? [...others, { user: name, ...(until !== undefined && { until }) }]
    : others;
  if (silenced.length > maxSanctions) return 'too-many-sanctions';
  setRules(turn, group, { ...rules, silenced: silenced.length > 0 ? silenced : undefined });
  return undefined;
}

/** Somebody who is in is put out as by KICK. */
function banFor(
  turn: Turn,
  actor: User,
  group: Group,
  user: User,
  request: AboutPerson,
  at: number,
): FailureCode | undefined {
  if (!group.banned.has(foldName(user.name)) && group.banned.size >= turn.env.maxBansPerGroup) {
    return 'too-many-sanctions';
  }
  const until = untilOf(request, at);
  const reason = request.reason === '' ? undefined : request.reason;
  const rules = group.rules ?? {};
  const others = (rules.bans ?? []).filter(
    (one) => foldName(one.user) !== foldName(user.name) && holdsAt(one, at),
  );
  const more = { ...(until !== undefined && { until }), ...(reason !== undefined && { reason }) };
  const bans = [...others, { user: user.name, by: actor.name, ...more }];
  if (bans.length > maxSanctions) return 'too-many-sanctions';
  if (group.members.has(user)) putOut(turn, group, user, at);
  ban(turn, group, user, at);
  // Who was put out holds no role any more.
  setRules(turn, group, { ...group.rules, bans });
  return undefined;
}

function putOut(turn: Turn, group: Group, user: User, at: number): void {
  const hearers = hearersOf(group, user);
  removeMember(turn, group, user, 'kicked');
  const names = { user: user.name, group: group.name };
  notifyGroup(turn, group, success.text('member-kicked', names), at);
  for (const { connection } of hearers) {
    sendSuccess(turn, connection, 'you-were-kicked', { group: group.name });
  }
  reportLeft(turn, user, groupConversation(group.name), 'kicked', hearers);
}

/** The rules as somebody is told them; `to` undefined: all members. */
function told(group: Group, to: User | undefined, at: number) {
  const name = groupConversation(group.name);
  if (group.sealed !== undefined) return { in: name, ...sealedRules(group.sealed) };
  const { bans = [], ...rules } = group.rules ?? {};
  const admin = group.admin.account === undefined ? [] : [group.admin.name];
  const owners = [...new Set([...admin, ...(rules.owners ?? [])])];
  const silenced = rules.silenced?.filter((one) => holdsAt(one, at));
  const mayLift = to !== undefined && mayIn(group, to, 'unban');
  return {
    in: name,
    ...rules,
    owners,
    silenced,
    ...(mayLift && { bans: allBans(group, bans, at) }),
  };
}

/** Those with an end or a reason first, then names. What has ended is not named. */
function allBans(group: Group, bans: NonNullable<GroupRules['bans']>, at: number) {
  const known = new Set(bans.map(({ user }) => foldName(user)));
  const names = [...group.banned].filter((folded) => !known.has(folded)).slice(-maxSanctions);
  return [
    ...bans.filter((one) => holdsAt(one, at)),
    ...names.map((folded) => ({ user: folded as User['name'] })),
  ];
}

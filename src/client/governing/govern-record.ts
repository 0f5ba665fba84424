// The record that a wish becomes in a sealed group. Pure: the roster as this device knows it in, what is to be signed out.

import { err, ok, type Result } from '../../lib/result.ts';
import { maxRoleHolders } from '../../wire/groups/group-rules.ts';
import { mayDo } from '../../wire/groups/rights.ts';
import type { SignedRoster } from '../../wire/statements/roster.ts';
import {
  banReasons,
  type BanReason,
  type RecordBody,
} from '../../wire/statements/roster-record.ts';
import { actOf, ownersOf, roleIn, rulesOf } from '../../wire/statements/roster-roles.ts';
import { parseUsername } from '../../wire/text.ts';
import type { AboutPerson, SignedWish } from './govern-wish.ts';

const second = 1000;

/** Of a wish that is no text. `me`: the root16 of this account. Or why there is no such record, in words. */
export function recordFor(
  roster: SignedRoster,
  me: Uint8Array,
  wish: SignedWish,
  now: number,
): Result<RecordBody, string> {
  const body = bodyFor(roster, wish, now);
  if (!body.ok) return body;
  const what = actOf(body.value);
  const role = roleIn(roster, me);
  const isListing = wish.what === 'public' && !mayDo(role, 'listing');
  const isAllowed =
    what === undefined || mayDo(role, what.act, what.about && roleIn(roster, what.about));
  return isAllowed && !isListing ? body : err('your role in that group does not allow that');
}

function bodyFor(roster: SignedRoster, wish: SignedWish, now: number): Result<RecordBody, string> {
  const { slow, announce, public: isPublic } = rulesOf(roster);
  switch (wish.what) {
    case 'slow':
      return ok({ kind: 'rules', slow: wish.seconds, announce, isPublic });
    case 'announce':
      return ok({ kind: 'rules', slow, announce: wish.on, isPublic });
    case 'public':
      return wish.on && roster.mode === 'invite'
        ? err('that group is by invitation, and in no directory')
        : ok({ kind: 'rules', slow, announce, isPublic: wish.on });
    default:
      return aboutPerson(roster, wish, now);
  }
}

function aboutPerson(
  roster: SignedRoster,
  wish: AboutPerson,
  now: number,
): Result<RecordBody, string> {
  const { user } = wish;
  const member = roster.members.find(({ name }) => name === user);
  if (wish.what === 'unban') return unbanning(roster, user);
  const silenced = rulesOf(roster).silenced.find(({ name }) => name === user);
  if (wish.what === 'unsilence') {
    return silenced === undefined
      ? err(`${user} is not silenced`)
      : ok({ kind: 'unsilence', root16: silenced.root16 });
  }
  const gone = roster.out.find(({ name }) => name === user);
  const root16 = member?.root16 ?? (wish.what === 'ban' ? gone?.root16 : undefined);
  const name = parseUsername(user);
  if (root16 === undefined || name === undefined) return err(`${user} is not in that group`);
  if (wish.what === 'role') return roleChange(roster, root16, wish.role);
  const until = wish.seconds === undefined ? 0 : now + wish.seconds * second;
  if (wish.what === 'silence') return ok({ kind: 'silence', root16, until });
  const reason = wish.reason === undefined ? 'none' : reasonOf(wish.reason);
  return reason === undefined
    ? err(
        `in a sealed group the reason is one of: ${banReasons.slice(1).join(', ')}, because the server reads it`,
      )
    : ok({ kind: 'ban', root16, name, until, reason });
}

function reasonOf(text: string): BanReason | undefined {
  return banReasons.find((one) => one === text.trim().toLowerCase());
}

function unbanning(roster: SignedRoster, user: string): Result<RecordBody, string> {
  const known = [...rulesOf(roster).bans, ...roster.out].filter(({ name }) => name === user);
  const banned = known.find(({ root16 }) =>
    roster.banned.some((one) => one.every((byte, at) => byte === root16[at])),
  );
  return banned === undefined
    ? err(`${user} is not banned from that group`)
    : ok({ kind: 'unban', root16: banned.root16 });
}

function roleChange(
  roster: SignedRoster,
  root16: Uint8Array,
  role: 'owner' | 'moderator' | 'member',
): Result<RecordBody, string> {
  const isOther = (one: Uint8Array) => !one.every((byte, at) => byte === root16[at]);
  const isIn = (one: Uint8Array) => roleIn(roster, one) !== undefined;
  const owners = ownersOf(roster)
    .map((one) => one.root16)
    .filter(isOther);
  const moderators = rulesOf(roster).moderators.filter((one) => isOther(one) && isIn(one));
  if (role === 'owner') owners.push(root16);
  const others = role === 'moderator' ? [...moderators, root16] : moderators;
  if (owners.length === 0) return err('a group has an owner: make somebody else one first');
  if (owners.length + others.length > maxRoleHolders) {
    return err('as many people are owners and moderators of that group as there can be');
  }
  return ok({ kind: 'roles', owners, moderators: others });
}

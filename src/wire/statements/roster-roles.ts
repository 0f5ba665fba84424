// What records say of a sealed group beyond who is in: moderators, who is silenced, bans with their ends, and the rules.
// Owns the reading and the changing of that part of a roster; roster.ts decides whether a record counts. A roster without
// such records has none of it, and folds as it did before there were any.

import { equalBytes } from '../../lib/bytes.ts';
import { maxSanctions } from '../groups/group-rules.ts';
import { heirOf, type GroupAct, type GroupRole } from '../groups/rights.ts';
import type { Username } from '../text.ts';
import type { BanReason, RecordBody, RosterAccount } from './roster-record.ts';

/** Until when, in milliseconds since 1970; 0 for ever. It ends by a record alone: clocks lie, the server's too. */
export interface SealedSanction extends RosterAccount {
  readonly until: number;
}

export interface SealedBan extends SealedSanction {
  readonly reason: BanReason;
  /** Who has signed it. */
  readonly by: Uint8Array;
}

/** What the records of roles have said. */
export interface Governed {
  readonly moderators: readonly Uint8Array[];
  readonly silenced: readonly SealedSanction[];
  readonly bans: readonly SealedBan[];
  /** Seconds; 0: no slow mode. */
  readonly slow: number;
  readonly announce: boolean;
  readonly public: boolean;
}

const nothing: Governed = {
  moderators: [],
  silenced: [],
  bans: [],
  slow: 0,
  announce: false,
  public: false,
};

/** The part of a roster that this file reads. */
interface Roles {
  readonly admins: readonly Uint8Array[];
  readonly members: readonly RosterAccount[];
  readonly governed?: Governed;
}

/** The kinds of records that clients without roles do not know. */
export const governingKinds = ['roles', 'silence', 'unsilence', 'rules', 'ban', 'unban'] as const;
export type GoverningKind = (typeof governingKinds)[number];
export type GoverningBody = Extract<RecordBody, { readonly kind: GoverningKind }>;

export function rulesOf({ governed = nothing }: Roles): Governed {
  return governed;
}

/**
 * Who the owners are: those named who are in; without one the longest-standing moderator, and without that the
 * longest-standing member.
 */
export function ownersOf<M extends RosterAccount>(
  roster: Omit<Roles, 'members'> & { readonly members: readonly M[] },
): readonly M[] {
  const named = roster.members.filter(({ root16 }) => hasRoot(roster.admins, root16));
  if (named.length > 0) return named;
  const { moderators } = rulesOf(roster);
  const heir = heirOf(roster.members, ({ root16 }) =>
    hasRoot(moderators, root16) ? 'moderator' : 'member',
  );
  return heir === undefined ? [] : [heir];
}

/** Undefined: not in it. */
export function roleIn(roster: Roles, root16: Uint8Array): GroupRole | undefined {
  const isThat = (one: RosterAccount) => equalBytes(one.root16, root16);
  if (!roster.members.some(isThat)) return undefined;
  if (ownersOf(roster).some(isThat)) return 'owner';
  return hasRoot(rulesOf(roster).moderators, root16) ? 'moderator' : 'member';
}

/** The same of a member by name: two of one name are never in. */
export function roleOfNamed(roster: Roles, user: string): GroupRole | undefined {
  const found = roster.members.find(({ name }) => name === user);
  return found && roleIn(roster, found.root16);
}

export function isSilenced(roster: Roles, user: string): boolean {
  return rulesOf(roster).silenced.some(({ name }) => name === user);
}

/** What a record does, and to whom. A record that every member may sign has none. */
export function actOf(
  body: RecordBody,
): { readonly act: GroupAct; readonly about?: Uint8Array } | undefined {
  switch (body.kind) {
    case 'leave':
      return undefined;
    case 'admit':
      return { act: 'invite' };
    case 'out':
      return { act: body.word === 'ban' ? 'ban' : 'kick', about: body.root16 };
    case 'ban':
    case 'silence':
      return { act: body.kind, about: body.root16 };
    case 'unsilence':
      return { act: 'silence', about: body.root16 };
    case 'unban':
      return { act: 'unban' };
    case 'rules':
      return { act: 'rules' };
    case 'roles':
    case 'admins':
      return { act: 'roles' };
    case 'charter':
    case 'settings':
    case 'refound':
      return { act: 'end' };
  }
}

/** What is left of it when somebody is out: they hold no role. A silence stays, or leaving and entering would end it. */
export function withoutRole(
  governed: Governed | undefined,
  root16: Uint8Array,
): Governed | undefined {
  if (governed === undefined || !hasRoot(governed.moderators, root16)) return governed;
  const moderators = governed.moderators.filter((one) => !equalBytes(one, root16));
  return { ...governed, moderators };
}

/** `governed` after `roles`, `silence`, `unsilence` or `rules`; or why not. `member`: whom it is about, if they are in. */
export function governedBy(
  governed: Governed = nothing,
  body: Extract<GoverningBody, { readonly kind: 'silence' | 'unsilence' | 'rules' | 'roles' }>,
  member: RosterAccount | undefined,
): Governed | 'no-such-person' | 'too-many' {
  switch (body.kind) {
    case 'roles':
      return { ...governed, moderators: body.moderators };
    case 'rules': {
      const { slow, announce, isPublic } = body;
      return { ...governed, slow, announce, public: isPublic };
    }
    case 'silence': {
      if (member === undefined) return 'no-such-person';
      const { root16, name } = member;
      const silenced = [...others(governed.silenced, root16), { root16, name, until: body.until }];
      return silenced.length > maxSanctions ? 'too-many' : { ...governed, silenced };
    }
    case 'unsilence': {
      const silenced = others(governed.silenced, body.root16);
      return silenced.length < governed.silenced.length
        ? { ...governed, silenced }
        : 'no-such-person';
    }
  }
}

export function withBanOf(governed: Governed = nothing, ban: SealedBan): Governed | 'too-many' {
  const bans = [...others(governed.bans, ban.root16), ban];
  return bans.length > maxSanctions ? 'too-many' : { ...governed, bans };
}

export function withoutBanOf(governed: Governed = nothing, root16: Uint8Array): Governed {
  return { ...governed, bans: others(governed.bans, root16) };
}

/** Those whose time is over by the clock `now`: somebody who may has to lift them by records. */
export function endedSanctions(
  { governed = nothing }: Roles,
  now: number,
): readonly (SealedSanction & { readonly what: 'unban' | 'unsilence' })[] {
  const isOver = ({ until }: SealedSanction) => until !== 0 && until <= now;
  return [
    ...governed.bans.filter(isOver).map((one) => ({ ...one, what: 'unban' as const })),
    ...governed.silenced.filter(isOver).map((one) => ({ ...one, what: 'unsilence' as const })),
  ];
}

function others<S extends { readonly root16: Uint8Array }>(
  list: readonly S[],
  root16: Uint8Array,
): readonly S[] {
  return list.filter((one) => !equalBytes(one.root16, root16));
}

function hasRoot(roots: readonly Uint8Array[], root16: Uint8Array): boolean {
  return roots.some((one) => equalBytes(one, root16));
}

/** Names of roots who are in, for people. */
export function namesOf(roster: Roles, roots: readonly Uint8Array[]): readonly Username[] {
  return roster.members.filter(({ root16 }) => hasRoot(roots, root16)).map(({ name }) => name);
}

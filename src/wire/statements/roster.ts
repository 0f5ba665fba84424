// The signed roster of a sealed group: who may be in it, folded from the records, the entries and the server's own out
// lines in the order of the group's log. One fold for the server and for every client, so all of them find the same.
// Owns who may say what; the bytes are in roster-record.ts. Whatever it refuses changes nothing and is void for everybody.
//
// The server's word puts somebody out and never lets somebody in: an entry needs the mode or an `admit`, and both stand
// in records that members have signed.

import { equalBytes } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { groupConversation, parseConversation } from '../extended/names.ts';
import { mayDo } from '../groups/rights.ts';
import type { GroupName, Username } from '../text.ts';
import { isDeviceOf, relateChains, type AccountChain } from './account-chain.ts';
import {
  maxAdmitted,
  type GroupMode,
  type RecordBody,
  type RosterAccount,
  type RosterRecord,
} from './roster-record.ts';
import {
  actOf,
  governedBy,
  ownersOf,
  roleIn,
  rulesOf,
  withBanOf,
  withoutBanOf,
  withoutRole,
  type Governed,
} from './roster-roles.ts';
import { noStatement, type Checked } from './statement.ts';

/** The most members of a sealed group: X-Wing's limit of leaves. */
export const maxSealedMembers = 250;
/** The most people who are banned from a group; of those who are out otherwise so many are known, the latest ones. */
export const maxBanned = 1000;
const maxOut = 1000;

/** Why the server puts somebody out by itself. */
export type ServerOutReason = 'left' | 'kicked' | 'removed';

/** Somebody who may be in the group. */
export interface SealedMember extends RosterAccount {
  /** The account, as the latest of its entries has shown it. */
  readonly account: AccountChain;
}

/** Somebody who was in the group, or was admitted. */
export interface OutMember {
  readonly root16: Uint8Array;
  /** Absent for somebody who has never been in. */
  readonly name: Username | undefined;
  readonly why: 'left' | 'kicked' | 'banned' | 'removed';
  /** Who says so: the root16 of an account, or the server by itself. */
  readonly by: Uint8Array | 'server';
}

export interface SignedRoster {
  readonly groupId: Uint8Array;
  readonly group: GroupName;
  readonly suite: string;
  readonly mode: GroupMode;
  /** The root16 of those whom records name. Who the admins are is for `adminsOf` to say. */
  readonly admins: readonly Uint8Array[];
  /** In the order in which they have entered. */
  readonly members: readonly SealedMember[];
  /** Who may enter besides those whom the mode lets in, and has not yet. */
  readonly admitted: readonly RosterAccount[];
  /** The root16 of each. */
  readonly banned: readonly Uint8Array[];
  readonly out: readonly OutMember[];
  /** What records of roles have said. Absent where there are none: clients that do not know them can follow. */
  readonly governed?: Governed;
  /** The hash of the last record: the next one has to name it. */
  readonly head: Uint8Array;
  /** How many records there are: the number of the next one. */
  readonly records: number;
}

export type RosterRefusal =
  | 'other-group' // it is about another MLS group
  | 'no-charter' // the first record is none, or does not begin a chain
  | 'second-charter'
  | 'not-next' // it does not go on from the head
  | 'not-a-member'
  | 'not-a-device' // the key is no valid device of the account
  | 'not-an-admin'
  | 'no-such-person'
  | 'not-admitted'
  | 'banned'
  | 'name-taken' // somebody else of that name is in
  | 'split-account' // the account's chain and the one that it has shown before contradict each other
  | 'group-full'
  | 'not-private' // in a private conversation: about somebody who is none of its people, or more than letting them in
  | 'too-many';

type Outcome = Result<SignedRoster, RosterRefusal>;

/** The roster of a new group: its maker is in. */
export function foundRoster(record: Checked<RosterRecord>, account: AccountChain): Outcome {
  const { body, n, prev, groupId, root16, device, hash } = record;
  if (body.kind !== 'charter' || n !== 0 || !equalBytes(prev, noStatement)) {
    return err('no-charter');
  }
  if (!equalBytes(account.root16, root16)) return err('not-a-member');
  if (!isDeviceOf(account, device)) return err('not-a-device');
  const { group, mode, suite, admins } = body;
  const people = peopleOf(group);
  const isPrivate = mode === 'invite' && people?.includes(account.name) === true;
  if (people !== undefined && !isPrivate) return err('not-private');
  const maker: SealedMember = { root16, name: account.name, account };
  return ok({
    groupId,
    group,
    suite,
    mode,
    admins,
    members: [maker],
    admitted: [],
    banned: [],
    out: [],
    head: hash,
    records: 1,
  });
}

/** `roster` after a record; or why that record is void. */
export function applyRecord(roster: SignedRoster, record: Checked<RosterRecord>): Outcome {
  if (!equalBytes(record.groupId, roster.groupId)) return err('other-group');
  const isNext = record.n === roster.records && equalBytes(record.prev, roster.head);
  if (!isNext) return err(record.body.kind === 'charter' ? 'second-charter' : 'not-next');
  const signer = memberOf(roster, record.root16);
  if (signer === undefined) return err('not-a-member');
  if (!isDeviceOf(signer.account, record.device)) return err('not-a-device');
  const people = peopleOf(roster.group);
  if (people !== undefined && !isAdmission(record.body, people)) return err('not-private');
  if (!mayRecord(roster, signer, record.body)) return err('not-an-admin');
  const changed = changedBy(roster, signer, record.body);
  return changed.ok
    ? ok({ ...changed.value, head: record.hash, records: roster.records + 1 })
    : changed;
}

/** Whether the signer's role allows it [13.15]. */
function mayRecord(roster: SignedRoster, { root16 }: SealedMember, body: RecordBody): boolean {
  const what = actOf(body);
  if (what === undefined) return true;
  const role = roleIn(roster, root16);
  const isListing = body.kind === 'rules' && body.isPublic !== rulesOf(roster).public;
  if (isListing && !mayDo(role, 'listing')) return false;
  return mayDo(role, what.act, what.about && roleIn(roster, what.about));
}

/** Who may ever be in the room of a private conversation; undefined of a group. */
function peopleOf(group: GroupName): readonly Username[] | undefined {
  const address = parseConversation(groupConversation(group));
  return address?.kind === 'direct' ? address.people : undefined;
}

function isAdmission(body: RecordBody, people: readonly Username[]): boolean {
  return body.kind === 'admit' && body.people.every(({ name }) => people.includes(name));
}

function changedBy(roster: SignedRoster, signer: SealedMember, body: RecordBody): Outcome {
  switch (body.kind) {
    case 'charter':
      return err('second-charter');
    case 'admit':
      return admit(roster, body.people);
    case 'out':
      return putOut(roster, signer, body.root16, body.word === 'ban');
    case 'leave':
      return ok(without(roster, { ...nameOf(signer), why: 'left', by: signer.root16 }));
    case 'admins': {
      const areIn = body.admins.every((root16) => memberOf(roster, root16) !== undefined);
      return areIn ? ok({ ...roster, admins: body.admins }) : err('no-such-person');
    }
    case 'settings':
      return ok({ ...roster, mode: body.mode });
    case 'refound':
      return ok({ ...roster, groupId: body.next, suite: body.suite });
    case 'roles': {
      const named = [...body.owners, ...body.moderators];
      if (named.some((root16) => memberOf(roster, root16) === undefined)) {
        return err('no-such-person');
      }
      return withGoverned(
        { ...roster, admins: body.owners },
        governedBy(roster.governed, body, undefined),
      );
    }
    case 'silence':
    case 'unsilence': {
      const member = memberOf(roster, body.root16);
      return withGoverned(roster, governedBy(roster.governed, body, member));
    }
    case 'rules':
      return withGoverned(roster, governedBy(roster.governed, body, undefined));
    case 'ban':
      return banWith(roster, signer, body);
    case 'unban': {
      if (!includesRoot(roster.banned, body.root16)) return err('no-such-person');
      const banned = roster.banned.filter((one) => !equalBytes(one, body.root16));
      return ok({ ...roster, banned, governed: withoutBanOf(roster.governed, body.root16) });
    }
  }
}

function withGoverned(
  roster: SignedRoster,
  governed: Governed | 'no-such-person' | 'too-many',
): Outcome {
  return typeof governed === 'string' ? err(governed) : ok({ ...roster, governed });
}

/** Under the name by which the group knows them. */
function banWith(
  roster: SignedRoster,
  signer: SealedMember,
  { root16, name, until, reason }: Extract<RecordBody, { readonly kind: 'ban' }>,
): Outcome {
  const known = [...roster.members, ...roster.admitted].find((one) =>
    equalBytes(one.root16, root16),
  );
  if (known !== undefined && known.name !== name) return err('no-such-person');
  const left = putOut(roster, signer, root16, true);
  if (!left.ok) return left;
  const ban = { root16, name, until, reason, by: signer.root16 };
  return withGoverned(left.value, withBanOf(left.value.governed, ban));
}

function admit(roster: SignedRoster, people: readonly RosterAccount[]): Outcome {
  const isNamed = (root16: Uint8Array) => people.some((one) => equalBytes(one.root16, root16));
  const others = roster.admitted.filter(({ root16 }) => !isNamed(root16));
  if (others.length + people.length > maxAdmitted) return err('too-many');
  const banned = roster.banned.filter((root16) => !isNamed(root16));
  const next = { ...roster, admitted: [...others, ...people], banned };
  const { governed } = roster;
  const isLifted = governed?.bans.some(({ root16 }) => isNamed(root16)) === true;
  if (governed === undefined || !isLifted) return ok(next);
  const bans = governed.bans.filter(({ root16 }) => !isNamed(root16));
  return ok({ ...next, governed: { ...governed, bans } });
}

function putOut(
  roster: SignedRoster,
  signer: SealedMember,
  root16: Uint8Array,
  ban: boolean,
): Outcome {
  const known =
    memberOf(roster, root16) ?? roster.admitted.find((one) => equalBytes(one.root16, root16));
  if (known === undefined && !ban) return err('no-such-person');
  const why = ban ? 'banned' : 'kicked';
  const left = without(roster, { root16, name: known?.name, why, by: signer.root16 });
  const banned = ban ? withBan(left, root16) : left;
  return banned === undefined ? err('too-many') : ok(banned);
}

/** `roster` with a ban. Undefined where there are as many as there may be. */
function withBan(roster: SignedRoster, root16: Uint8Array): SignedRoster | undefined {
  if (includesRoot(roster.banned, root16)) return roster;
  if (roster.banned.length >= maxBanned) return undefined;
  return { ...roster, banned: [...roster.banned, root16] };
}

/** `roster` without somebody, who is not admitted either from here on. */
function without(roster: SignedRoster, gone: OutMember): SignedRoster {
  const stays = ({ root16 }: { readonly root16: Uint8Array }) => !equalBytes(root16, gone.root16);
  const governed = withoutRole(roster.governed, gone.root16);
  return {
    ...roster,
    ...(governed && { governed }),
    admins: roster.admins.filter((root16) => !equalBytes(root16, gone.root16)),
    members: roster.members.filter(stays),
    admitted: roster.admitted.filter(stays),
    out: [...roster.out.filter(stays), gone].slice(-maxOut),
  };
}

/**
 * `roster` after the server's own out line about a user, who may not be in it any more. A kick that came as a version 1
 * line bans, as in open groups.
 */
export function applyServerOut(
  roster: SignedRoster,
  user: Username,
  why: ServerOutReason,
): SignedRoster {
  const gone = [...roster.members, ...roster.admitted].find(({ name }) => name === user);
  if (gone === undefined) return roster;
  const left = without(roster, { ...nameOf(gone), why, by: 'server' });
  return why === 'kicked' ? (withBan(left, gone.root16) ?? left) : left;
}

/**
 * `roster` after the entry of a device; or why that entry is void. A member enters again with another device, or with the
 * same one after it has lost its state: where nothing new is known of the account, it is the same roster.
 */
export function applyEntry(
  roster: SignedRoster,
  account: AccountChain,
  device: Uint8Array,
): Outcome {
  const member = memberOf(roster, account.root16);
  const latest = member === undefined ? ok(account) : latestOf(member.account, account);
  if (!latest.ok) return latest;
  if (!isDeviceOf(latest.value, device)) return err('not-a-device');
  if (member !== undefined) return ok(withLatest(roster, member, latest.value));
  const refusal = whyNotIn(roster, account);
  if (refusal !== undefined) return err(refusal);
  const { root16, name } = account;
  return ok({
    ...roster,
    members: [...roster.members, { root16, name, account }],
    admitted: roster.admitted.filter((one) => !equalBytes(one.root16, root16)),
    out: roster.out.filter((one) => !equalBytes(one.root16, root16)),
  });
}

/** Why an account that is not in may not enter. */
function whyNotIn(roster: SignedRoster, { root16, name }: AccountChain): RosterRefusal | undefined {
  if (includesRoot(roster.banned, root16)) return 'banned';
  const admitted = roster.admitted.some(
    (one) => equalBytes(one.root16, root16) && one.name === name,
  );
  if (roster.mode === 'invite' && !admitted) return 'not-admitted';
  // Two people of one name: one of them would be taken for the other.
  if (roster.members.some((member) => member.name === name)) return 'name-taken';
  return roster.members.length < maxSealedMembers ? undefined : 'group-full';
}

/** `roster` after new links of a member's account. */
export function applyAccount(roster: SignedRoster, account: AccountChain): Outcome {
  const member = memberOf(roster, account.root16);
  if (member === undefined) return err('not-a-member');
  const latest = latestOf(member.account, account);
  return latest.ok ? ok(withLatest(roster, member, latest.value)) : latest;
}

function latestOf(known: AccountChain, shown: AccountChain): Result<AccountChain, 'split-account'> {
  switch (relateChains(known, shown)) {
    case 'ahead':
    case 'prevails':
      return ok(shown);
    case 'same':
    case 'behind':
    case 'loses':
      return ok(known);
    case 'split':
    case 'other-root':
      return err('split-account');
  }
}

function withLatest(
  roster: SignedRoster,
  member: SealedMember,
  latest: AccountChain,
): SignedRoster {
  return latest === member.account ? roster : withAccount(roster, latest);
}

function withAccount(roster: SignedRoster, account: AccountChain): SignedRoster {
  const members = roster.members.map((member) =>
    equalBytes(member.root16, account.root16) ? { ...member, account } : member,
  );
  return { ...roster, members };
}

/** Whether a device that could hold a leaf before may hold none any more, though its account is in. */
export function losesDevice(before: SignedRoster, after: SignedRoster): boolean {
  return after.members.some((member) => {
    if (before.members.includes(member)) return false;
    const known = memberOf(before, member.root16)?.account;
    return known?.devices.some(({ key }) => !isDeviceOf(member.account, key)) === true;
  });
}

/** The member whose account has that root. */
export function memberOf(roster: SignedRoster, root16: Uint8Array): SealedMember | undefined {
  return roster.members.find((member) => equalBytes(member.root16, root16));
}

/** Who the admins, the owners, are. */
export function adminsOf(roster: SignedRoster): readonly SealedMember[] {
  return ownersOf(roster);
}

/** Whether the account of that root is an admin. */
export function isAdmin(roster: SignedRoster, root16: Uint8Array): boolean {
  return adminsOf(roster).some((admin) => equalBytes(admin.root16, root16));
}

/** Whether a leaf of that account and key may be in the group's tree. One that may not is due to be removed. */
export function mayHoldLeaf(roster: SignedRoster, root16: Uint8Array, key: Uint8Array): boolean {
  const member = memberOf(roster, root16);
  return member !== undefined && isDeviceOf(member.account, key);
}

function includesRoot(roots: readonly Uint8Array[], root16: Uint8Array): boolean {
  return roots.some((one) => equalBytes(one, root16));
}

function nameOf({ root16, name }: RosterAccount): RosterAccount {
  return { root16, name };
}

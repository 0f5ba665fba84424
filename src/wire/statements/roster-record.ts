// A record of a sealed group's roster: one statement by a device of a member about who may be in the group. Owns the
// bytes of a record and which bytes are one; what records say together is in roster.ts.
//
//   helo room 1 KIND | group id | n(8) | prev(32) | at(8) | body | root16(16) | device(32) | signature(64)
//
//   charter   group's name | mode | suite | admins
//   admit     people: root16 and name of each
//   out       root16 | kick or ban
//   leave     nothing
//   admins    admins: root16 of each
//   settings  mode
//   refound   the next group id | suite
//   roles     owners: root16 of each | moderators: root16 of each
//   silence   root16 | until(8), 0 for ever
//   unsilence root16
//   ban       root16 | name | until(8), 0 for ever | reason, a word of a list
//   unban     root16
//   rules     slow(8), in seconds | open or announce | hidden or public
//
// Clients that know no roles do not know the last six kinds.
// Nothing in a record is free text: the server can read them.

import { decodeUtf8, equalBytes } from '../../lib/bytes.ts';
import { publicKeyBytes } from '../extended/login.ts';
import { parseRosterName } from '../extended/names.ts';
import { maxRoleHolders, maxSlowSeconds } from '../groups/group-rules.ts';
import { parseUsername, type GroupName, type Username } from '../text.ts';
import { root16Bytes } from './account-chain.ts';
import { decodeNumber, decodeParts, encodeNumber, encodeParts } from './parts.ts';
import {
  readEnvelope,
  statementHashBytes,
  withSignature,
  wordOf,
  wordPart,
  type SignedStatement,
} from './statement.ts';

/** The longest record: an `admit` of as many people as there can be leaves. Others have about 320 bytes. */
export const maxRecordBytes = 16_384;
/** The most people that one `admit` names. */
export const maxAdmitted = 250;
/** The most admins of a group. */
export const maxAdmins = 32;

const minGroupIdBytes = 16;
const maxGroupIdBytes = 64;

/** `open`: any account may enter. `invite`: those whom an admin has admitted. */
export const groupModes = ['open', 'invite'] as const;
export type GroupMode = (typeof groupModes)[number];

/** A ban holds until the person is admitted again. */
export const outWords = ['kick', 'ban'] as const;
export type OutWord = (typeof outWords)[number];

/** Why somebody is banned: words of a list, because the server reads them. */
export const banReasons = ['none', 'spam', 'abuse', 'disruption', 'inactive', 'other'] as const;
export type BanReason = (typeof banReasons)[number];
const speechWords = ['open', 'announce'] as const;
const listingWords = ['hidden', 'public'] as const;

/** An account as records name it. */
export interface RosterAccount {
  readonly root16: Uint8Array;
  readonly name: Username;
}

/** What a record says. */
export type RecordBody =
  | {
      readonly kind: 'charter';
      /** The group's name: a server can't show one group's talk under the name of another. */
      readonly group: GroupName;
      readonly mode: GroupMode;
      /** The name of the MLS cipher suite. */
      readonly suite: string;
      readonly admins: readonly Uint8Array[];
    }
  | { readonly kind: 'admit'; readonly people: readonly RosterAccount[] }
  | { readonly kind: 'out'; readonly root16: Uint8Array; readonly word: OutWord }
  | { readonly kind: 'leave' }
  | { readonly kind: 'admins'; readonly admins: readonly Uint8Array[] }
  | { readonly kind: 'settings'; readonly mode: GroupMode }
  | { readonly kind: 'refound'; readonly next: Uint8Array; readonly suite: string }
  | {
      readonly kind: 'roles';
      /** At least one; nobody is in both lists. */
      readonly owners: readonly Uint8Array[];
      readonly moderators: readonly Uint8Array[];
    }
  | { readonly kind: 'silence'; readonly root16: Uint8Array; readonly until: number }
  | { readonly kind: 'unsilence'; readonly root16: Uint8Array }
  | {
      readonly kind: 'ban';
      readonly root16: Uint8Array;
      readonly name: Username;
      readonly until: number;
      readonly reason: BanReason;
    }
  | { readonly kind: 'unban'; readonly root16: Uint8Array }
  | {
      readonly kind: 'rules';
      readonly slow: number;
      readonly announce: boolean;
      readonly isPublic: boolean;
    };

export type RecordKind = RecordBody['kind'];

/** What is signed in a record. */
export interface RecordContent {
  /** The MLS group that it is about. */
  readonly groupId: Uint8Array;
  /** Counts the records of a roster from 0, the charter. */
  readonly n: number;
  /** The SHA-256 of the record before; of a charter `noStatement`. */
  readonly prev: Uint8Array;
  /** Milliseconds since 1970, by the signer's clock: for people to read, never to decide by. */
  readonly at: number;
  readonly body: RecordBody;
  /** The account that signs, and its device. */
  readonly root16: Uint8Array;
  readonly device: Uint8Array;
}

/** A record of the right form, not checked. */
export interface RosterRecord extends RecordContent, SignedStatement {}

const wordsOf = {
  charter: 'helo room 1 charter',
  admit: 'helo room 1 admit',
  out: 'helo room 1 out',
  leave: 'helo room 1 leave',
  admins: 'helo room 1 admins',
  settings: 'helo room 1 settings',
  refound: 'helo room 1 refound',
  roles: 'helo room 1 roles',
  silence: 'helo room 1 silence',
  unsilence: 'helo room 1 unsilence',
  ban: 'helo room 1 ban',
  unban: 'helo room 1 unban',
  rules: 'helo room 1 rules',
} as const satisfies Record<RecordKind, string>;

const kinds = Object.keys(wordsOf) as readonly RecordKind[];
const suiteForm = /^\w{1,64}$/;

/** The bytes that `device` signs. */
export function recordToSign(content: RecordContent): Uint8Array {
  const { groupId, n, prev, at, body, root16, device } = content;
  return encodeParts([
    wordPart(wordsOf[body.kind]),
    groupId,
    encodeNumber(n),
    prev,
    encodeNumber(at),
    encodeParts(bodyParts(body)),
    root16,
    device,
  ]);
}

/** The record of a content and its signature. */
export function encodeRecord(content: RecordContent, signature: Uint8Array): Uint8Array {
  return withSignature(recordToSign(content), signature);
}

/** The record that `bytes` are, in its one form; undefined for anything else. */
export function parseRecord(bytes: Uint8Array): RosterRecord | undefined {
  const envelope = readEnvelope(bytes, maxRecordBytes);
  const kind = kinds.find((one) => wordsOf[one] === envelope?.words);
  if (envelope === undefined || kind === undefined) return undefined;
  const [groupId, n, prev, at, said, root16, device, more] = envelope.parts;
  const place = parsePlacing(n, prev, at);
  const body = said && parseBody(kind, decodeParts(said));
  if (place === undefined || body === undefined || more !== undefined) return undefined;
  if (root16?.length !== root16Bytes || device?.length !== publicKeyBytes) return undefined;
  if (groupId === undefined || !isGroupId(groupId)) return undefined;
  const claims = [{ key: device, bytes: envelope.signed, signature: envelope.signature }];
  return { groupId, ...place, body, root16, device, bytes: envelope.bytes, claims };
}

function parsePlacing(
  n: Uint8Array | undefined,
  prev: Uint8Array | undefined,
  at: Uint8Array | undefined,
): Pick<RecordContent, 'n' | 'prev' | 'at'> | undefined {
  const [number, time] = [n && decodeNumber(n), at && decodeNumber(at)];
  if (number === undefined || time === undefined) return undefined;
  return prev?.length === statementHashBytes ? { n: number, prev, at: time } : undefined;
}

function isGroupId(bytes: Uint8Array): boolean {
  return bytes.length >= minGroupIdBytes && bytes.length <= maxGroupIdBytes;
}

function bodyParts(body: RecordBody): readonly Uint8Array[] {
  switch (body.kind) {
    case 'charter':
      return [
        wordPart(body.group),
        wordPart(body.mode),
        wordPart(body.suite),
        encodeParts(body.admins),
      ];
    case 'admit':
      return body.people.flatMap(({ root16, name }) => [root16, wordPart(name)]);
    case 'out':
      return [body.root16, wordPart(body.word)];
    case 'leave':
      return [];
    case 'admins':
      return body.admins;
    case 'settings':
      return [wordPart(body.mode)];
    case 'refound':
      return [body.next, wordPart(body.suite)];
    case 'roles':
      return [encodeParts(body.owners), encodeParts(body.moderators)];
    case 'silence':
      return [body.root16, encodeNumber(body.until)];
    case 'unsilence':
    case 'unban':
      return [body.root16];
    case 'ban':
      return [body.root16, wordPart(body.name), encodeNumber(body.until), wordPart(body.reason)];
    case 'rules':
      return [
        encodeNumber(body.slow),
        wordPart(body.announce ? 'announce' : 'open'),
        wordPart(body.isPublic ? 'public' : 'hidden'),
      ];
  }
}

type Parts = readonly Uint8Array[];

const bodyParsers: { readonly [K in RecordKind]: (parts: Parts) => RecordBody | undefined } = {
  charter: parseCharter,
  admit: parseAdmit,
  out: ([root16, how, ...more]) => {
    const word = wordOf(how, outWords);
    if (root16?.length !== root16Bytes || word === undefined || more.length > 0) return undefined;
    return { kind: 'out', root16, word };
  },
  leave: (parts) => (parts.length === 0 ? { kind: 'leave' } : undefined),
  admins: (parts) => {
    const admins = parseRoots(parts, maxAdmins);
    return admins && { kind: 'admins', admins };
  },
  settings: ([how, ...more]) => {
    const mode = wordOf(how, groupModes);
    return mode === undefined || more.length > 0 ? undefined : { kind: 'settings', mode };
  },
  refound: ([next, name, ...more]) => {
    const suite = suiteOf(name);
    if (next === undefined || suite === undefined || more.length > 0) return undefined;
    return isGroupId(next) ? { kind: 'refound', next, suite } : undefined;
  },
  roles: parseRoles,
  silence: ([root16, time, ...more]) => {
    const until = time && decodeNumber(time);
    if (root16?.length !== root16Bytes || until === undefined || more.length > 0) return undefined;
    return { kind: 'silence', root16, until };
  },
  unsilence: (parts) => parseAbout('unsilence', parts),
  unban: (parts) => parseAbout('unban', parts),
  ban: ([root16, nameBytes, time, why, ...more]) => {
    const name = parseUsername((nameBytes && decodeUtf8(nameBytes)) ?? '');
    const [until, reason] = [time && decodeNumber(time), wordOf(why, banReasons)];
    if (root16?.length !== root16Bytes || name === undefined || more.length > 0) return undefined;
    if (until === undefined || reason === undefined) return undefined;
    return { kind: 'ban', root16, name, until, reason };
  },
  rules: ([seconds, speech, listing, ...more]) => {
    const slow = seconds && decodeNumber(seconds);
    const [how, where] = [wordOf(speech, speechWords), wordOf(listing, listingWords)];
    if (slow === undefined || slow > maxSlowSeconds || more.length > 0) return undefined;
    if (how === undefined || where === undefined) return undefined;
    return { kind: 'rules', slow, announce: how === 'announce', isPublic: where === 'public' };
  },
};

function parseAbout<K extends 'unsilence' | 'unban'>(
  kind: K,
  [root16, ...more]: Parts,
): { readonly kind: K; readonly root16: Uint8Array } | undefined {
  return root16?.length === root16Bytes && more.length === 0 ? { kind, root16 } : undefined;
}

function parseRoles([first, second, ...more]: Parts): RecordBody | undefined {
  const owners = parseRoots(first && decodeParts(first), maxRoleHolders);
  const rest = second && decodeParts(second);
  const moderators = rest?.length === 0 ? rest : parseRoots(rest, maxRoleHolders);
  if (owners === undefined || moderators === undefined || more.length > 0) return undefined;
  const all = parseRoots([...owners, ...moderators], maxRoleHolders);
  return all && { kind: 'roles', owners, moderators };
}

function parseBody(kind: RecordKind, parts: Parts | undefined): RecordBody | undefined {
  return parts && bodyParsers[kind](parts);
}

function parseCharter([name, how, suiteBytes, roots, ...more]: Parts): RecordBody | undefined {
  const group = parseRosterName((name && decodeUtf8(name)) ?? '');
  const [mode, suite] = [wordOf(how, groupModes), suiteOf(suiteBytes)];
  const admins = roots && parseRoots(decodeParts(roots) ?? [], maxAdmins);
  if (group === undefined || mode === undefined || suite === undefined) return undefined;
  if (admins === undefined || more.length > 0) return undefined;
  return { kind: 'charter', group, mode, suite, admins };
}

function parseAdmit(parts: Parts): RecordBody | undefined {
  if (parts.length % 2 !== 0) return undefined;
  const roots = parseRoots(
    parts.filter((_, at) => at % 2 === 0),
    maxAdmitted,
  );
  if (roots === undefined) return undefined;
  const people: RosterAccount[] = [];
  for (const [at, root16] of roots.entries()) {
    const name = parseUsername(decodeUtf8(parts[2 * at + 1] ?? new Uint8Array()) ?? '');
    if (name === undefined) return undefined;
    people.push({ root16, name });
  }
  return { kind: 'admit', people };
}

function suiteOf(part: Uint8Array | undefined): string | undefined {
  const name = part && decodeUtf8(part);
  return name !== undefined && suiteForm.test(name) ? name : undefined;
}

/** At least one root, each once. */
function parseRoots(parts: Parts | undefined, most: number): Parts | undefined {
  if (parts === undefined) return undefined;
  const fit = parts.length > 0 && parts.length <= most;
  if (!fit || parts.some(({ length }) => length !== root16Bytes)) return undefined;
  const isRepeated = parts.some((one, at) =>
    parts.slice(0, at).some((other) => equalBytes(one, other)),
  );
  return isRepeated ? undefined : parts;
}

// What the shell may ask the hub between steps: whose connection this is, who has an account, and what somebody may
// read. Read-only; everything that changes the hub is an input.

import { err, ok, type Result } from '../lib/result.ts';
import type { FailureCode } from '../wire/extended/failures.ts';
import {
  directConversation,
  groupConversation,
  lobbyGroup,
  lobbyName,
  type ConversationName,
  type Place,
} from '../wire/extended/names.ts';
import type { KeptFileId } from '../wire/kept-files.ts';
import type { Username } from '../wire/text.ts';
import { byOperator, recordsOf, serverBans } from './users/address-bans.ts';
import { firstFor } from './messages/conversations.ts';
import { settledUpTo } from './messages/directs.ts';
import { takesRooms } from './groups/sealed/can-take-part.ts';
import type { ConnectionId, Form } from './effects.ts';
import type { AccountId, LogId } from './records.ts';
import { findGroupFor, findNamed, type Hub, type Log, type User, type Visit } from './state.ts';

/** An account, for the shell. */
export interface AccountView {
  readonly id: AccountId;
  readonly name: Username;
  /** The keys of its valid devices, base64url, the oldest first; none after a reset, until the next login. */
  readonly devices: readonly string[];
  /** The SHA-256 of its chain's root, base64url; undefined where it has none. */
  readonly root: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly banned: boolean;
  /** How many bytes of messages it wrote that others have not fetched yet. */
  readonly waitingBytes: number;
  /** In the order of their logins. Empty for an account that is offline. */
  readonly connections: readonly ConnectionId[];
}

/** A log that somebody may read, from `first` to `last`. */
export interface Readable {
  readonly log: LogId;
  /** Its number for clients. */
  readonly number: number;
  readonly name: ConversationName;
  /** `last` + 1 if there are no messages. */
  readonly first: number;
  readonly last: number;
}

/** Private messages that wait for one of those people, who are in the order of `Direct`: after `after`, up to `last`. */
export interface WaitingRange {
  readonly log: LogId;
  readonly people: readonly string[];
  readonly after: number;
  readonly last: number;
}

export function waitingRanges(hub: Hub): readonly WaitingRange[] {
  const found = new Map<LogId, WaitingRange>();
  for (const { account } of hub.accounts.values()) {
    for (const direct of account?.directs?.values() ?? []) {
      const { id, last } = direct.log;
      const after = settledUpTo(direct);
      const people = direct.sides.map(({ user }) => user.name);
      if (after < last) found.set(id, { log: id, people, after, last });
    }
  }
  return [...found.values()];
}

function visitOf(hub: Hub, connection: ConnectionId): Visit | undefined {
  const phase = hub.connections.get(connection);
  return phase?.name === 'open' ? phase.visit : undefined;
}

function viewOf({ name, account, visits }: User): AccountView | undefined {
  if (account === undefined) return undefined;
  const { id, createdAt, banned } = account;
  const devices = account.devices.map(({ key }) => key);
  const root = account.chain?.root;
  const connections = visits.map(({ connection }) => connection);
  const { waitingBytes = 0 } = account;
  return { id, name, devices, root, createdAt, banned, waitingBytes, connections };
}

/** Which protocol a connection logged in with. Undefined before its login and after its end. */
export function formOf(hub: Hub, connection: ConnectionId): Form | undefined {
  return visitOf(hub, connection)?.form;
}

/** Whether a connection gets private conversations: whether its program holds the keys. */
export function isPrivate(hub: Hub, connection: ConnectionId): boolean {
  return visitOf(hub, connection)?.private === true;
}

/** The key of the device that a connection has logged in with. Undefined for guests. */
export function deviceAt(hub: Hub, connection: ConnectionId): string | undefined {
  return visitOf(hub, connection)?.device;
}

/** The account that a connection is logged in as. Undefined for guests. */
export function accountOf(hub: Hub, connection: ConnectionId): AccountView | undefined {
  const visit = visitOf(hub, connection);
  return visit && viewOf(visit.user);
}

/** Whether the account with exactly this name takes part in sealed private conversations. */
export function hasRooms(hub: Hub, name: string, at: number): boolean {
  const user = findNamed(hub, name);
  return user !== undefined && takesRooms(user, at);
}

/** The recovery key of an account and the hash of its chain's last link; undefined where it has no such key. */
export function recoveryOf(
  hub: Hub,
  name: string,
): { readonly key: Uint8Array; readonly last: Uint8Array } | undefined {
  const last = findNamed(hub, name)?.account?.chain?.end?.last;
  return last?.recovery && { key: last.recovery, last: last.hash };
}

/** The hash of the last link of an account's chain. Undefined where it has none. */
export function lastLinkOf(hub: Hub, name: string): Uint8Array | undefined {
  return findNamed(hub, name)?.account?.chain?.end?.last.hash;
}

/** The account with exactly this name, online or offline. */
export function findAccount(hub: Hub, name: string): AccountView | undefined {
  const user = findNamed(hub, name);
  return user && viewOf(user);
}

export function accountById(hub: Hub, id: AccountId): AccountView | undefined {
  const user = hub.accounts.get(id);
  return user && viewOf(user);
}

/** All accounts, in the order of their creation. */
export function accountsOf(hub: Hub): readonly AccountView[] {
  return [...hub.accounts.values()].map(viewOf).filter((view) => view !== undefined);
}

/** An address from which no new people are let in. */
export interface AddressBanView {
  readonly address: string;
  /** The person whose ban caused it. Undefined if the operator banned the address itself. */
  readonly because: string | undefined;
  /** Milliseconds since 1970. Undefined: until the operator lifts it. */
  readonly until: number | undefined;
}

/** The addresses that are banned from the server at `now`, the oldest bans first. */
export function addressBansOf(hub: Hub, now: number): readonly AddressBanView[] {
  return [...recordsOf(serverBans(hub))]
    .filter(({ until }) => until === undefined || until > now)
    .map(({ address, because, until }) => ({
      address,
      because: because === byOperator ? undefined : (hub.users.get(because)?.name ?? because),
      until,
    }));
}

/** Whether there is a one-time code that is valid at `now`. */
export function hasInvite(hub: Hub, hash: string, now: number): boolean {
  return (hub.invites.get(hash)?.expiresAt ?? 0) > now;
}

/** How many people are logged in. Several connections count once. */
export function countPeople(hub: Hub): number {
  let count = 0;
  for (const { visits } of hub.users.values()) if (visits.length > 0) count++;
  return count;
}

export function countOnline(hub: Hub): number {
  let count = 0;
  for (const { visits } of hub.accounts.values()) if (visits.length > 0) count++;
  return count;
}

/** Which part of which log a connection's account may read, or why none. */
export function readable(
  hub: Hub,
  connection: ConnectionId,
  place: Place,
): Result<Readable, FailureCode> {
  const visit = visitOf(hub, connection);
  const user = visit?.user;
  if (visit === undefined || user?.account === undefined) return err('no-such-place');
  switch (place.kind) {
    case 'lobby': {
      const isSealed = hub.groups.has(lobbyGroup);
      return isSealed && !visit.can.sealed ? err('no-such-place') : part(lobbyName, hub.lobby, 1);
    }
    case 'group': {
      const group = findGroupFor(hub, place.group, visit);
      if (group === undefined) return err('no-such-place');
      const since = group.members.get(user);
      if (since === undefined) return err('not-a-member');
      return part(groupConversation(group.name), group.log, since);
    }
    case 'direct': {
      const peer = findNamed(hub, place.user);
      if (peer?.account === undefined) return err('no-such-account');
      const direct = user.account.directs?.get(peer);
      return part(directConversation(user.name, peer.name), direct?.log, 1);
    }
  }
}

function part(
  name: ConversationName,
  log: Log | undefined,
  since: number,
): Result<Readable, FailureCode> {
  if (log === undefined) return err('not-kept');
  return ok({ log: log.id, number: log.number, name, first: firstFor(log, since), last: log.last });
}

/** How many bytes of each kept file must be on the disk. */
export function keptBytes({ kept }: Hub): readonly { id: KeptFileId; bytes: number }[] {
  return [...kept.files.values()].map(({ id, stage: { bytes } }) => ({ id, bytes }));
}

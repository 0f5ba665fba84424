// Banned addresses of people who were kicked out: a guest cannot be recognised by anything else. An address is banned
// because of one or more people, and is free when none of these bans is left. Bans expire, because another person may
// have the address tomorrow, and over the cap the oldest is dropped. The operator's own bans of addresses stay until
// the operator lifts them. Accounts are recognised by their key, and an address never locks them out.

import type { GroupName } from '../../wire/text.ts';
import type { AddressBanRecord } from '../records.ts';
import type { AddressBans, Group, Hub, User } from '../state.ts';
import { change, type Turn } from '../turn.ts';

/** How long the address of a removed person stays banned, in milliseconds. */
export const addressBanMs = 24 * 3_600_000;

/** How many addresses each list holds. */
export const maxAddresses = 1000;

/** How many people each ban can have as its reason. */
const maxReasons = 100;

/** The reason of the operator's own bans. No person has this name. */
export const byOperator = '';

/** The bans of the whole server, or of one group. */
export interface BanList {
  readonly bans: AddressBans;
  readonly group: GroupName | undefined;
  /** Whether they are stored: those of a group are stored if the group is. */
  readonly isKept: boolean;
}

export function serverBans({ bannedFrom }: Hub): BanList {
  return { bans: bannedFrom, group: undefined, isKept: true };
}

export function groupBans(group: Group): BanList {
  const bans = (group.bannedFrom ??= new Map());
  return { bans, group: group.name, isKept: group.accounts > 0 };
}

/** From where somebody is connected, or was last. Empty if addresses do not identify people. */
function addressesOf({ visits, lastFrom }: User): Set<string> {
  const all = visits.length > 0 ? visits.map(({ from }) => from) : [lastFrom];
  return new Set(all.filter((from) => from !== undefined));
}

/** Remembers the origin of a person who is removed. Returns the addresses. */
export function banAddresses(turn: Turn, list: BanList, user: User, because: string, at: number) {
  const addresses = addressesOf(user);
  for (const address of addresses) banAddress(turn, list, address, because, at + addressBanMs, at);
  return addresses;
}

/** Bans an address until `until`, or until the operator lifts it. */
export function banAddress(
  turn: Turn,
  list: BanList,
  address: string,
  because: string,
  until: number | undefined,
  at: number,
): void {
  const { bans, group, isKept } = list;
  removeWhere(turn, list, (_address, _because, end) => end !== undefined && end <= at);
  const reasons = bans.get(address) ?? new Map<string, number | undefined>();
  // The latest ban is the last.
  reasons.delete(because);
  bans.delete(address);
  bans.set(address, reasons.set(because, until));
  if (isKept) change(turn, { type: 'address-ban', ban: { group, address, because, until } });
  if (reasons.size > maxReasons) {
    const oldest = oldestOf(reasons);
    removeWhere(turn, list, (one, reason) => one === address && reason === oldest);
  }
  if (bans.size > maxAddresses) {
    const oldest = [...bans].find(([, ends]) =>
      [...ends.values()].every((end) => end !== undefined),
    );
    removeWhere(turn, list, (one) => one === oldest?.[0]);
  }
}

function oldestOf(reasons: ReadonlyMap<string, number | undefined>): string | undefined {
  for (const [because, until] of reasons) if (until !== undefined) return because;
  return undefined;
}

/** Whether a removed person came from this origin. */
export function isBannedFrom(bans: AddressBans, from: string | undefined, at: number): boolean {
  if (from === undefined) return false;
  for (const until of bans.get(from)?.values() ?? []) {
    if (until === undefined || until > at) return true;
  }
  return false;
}

/** Lets a person in again. Bans because of other people stay. */
export function unbanAddresses(turn: Turn, list: BanList, because: string): void {
  removeWhere(turn, list, (_address, reason) => reason === because);
}

/** Frees an address, whatever the reasons of its ban. */
export function unbanAddress(turn: Turn, list: BanList, address: string): void {
  removeWhere(turn, list, (one) => one === address);
}

function removeWhere(
  turn: Turn,
  { bans, group, isKept }: BanList,
  goes: (address: string, because: string, until: number | undefined) => boolean,
): void {
  for (const [address, reasons] of bans) {
    for (const [because, until] of reasons) {
      if (!goes(address, because, until)) continue;
      reasons.delete(because);
      const ban = { group, address, because, until };
      if (isKept) change(turn, { type: 'address-ban-removed', ban });
    }
    if (reasons.size === 0) bans.delete(address);
  }
}

/** All bans of a list, to be stored. */
export function* recordsOf({ bans, group }: BanList): Generator<AddressBanRecord> {
  for (const [address, reasons] of bans) {
    for (const [because, until] of reasons) yield { group, address, because, until };
  }
}

/** Restores a stored ban. Those of one list must come in the order of their creation. */
export function restoreBan({ bans }: BanList, { address, because, until }: AddressBanRecord): void {
  const reasons = bans.get(address) ?? new Map<string, number | undefined>();
  bans.delete(address);
  bans.set(address, reasons.set(because, until));
}

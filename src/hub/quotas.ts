// How much each writer may add to the stored messages of the lobby and of groups: an amount at once, and as much again
// in a day. Guests have less, and a limit for all guests together, because another name costs a guest nothing. Messages
// that are not stored cost nothing, and private messages are limited by how many wait (directs.ts). Each writer has one
// number, which needs no work unless they write. A clock that is set back makes nobody wait longer.

import type { QuotaRecord } from './records.ts';
import { foldName, type Account, type Hub, type Spent, type Visit } from './state.ts';
import type { Env, Turn } from './turn.ts';

/** All guests together may add this many times the quota of one. */
export const guestCrowd = 4;

const dayMs = 86_400_000;

/** The size of a stored message without its text, in bytes. */
export const messageBytes = 200;

/** At most this many guests are counted separately. After that, the guest who wrote first is forgotten. */
const maxGuests = 10_000;

/** Writers who used less than this are not stored across a restart, in bytes. */
const leastRemembered = 1024 * 1024;

export function unspent(): Spent {
  return { bytes: 0, at: 0 };
}

/** How much of `quota` is used at `at`. */
function spentAt({ bytes, at: then }: Spent, quota: number, at: number): number {
  return Math.max(0, bytes - (quota * Math.max(0, at - then)) / dayMs);
}

/** Whether nothing is left. If anything is left, one more message of any length is accepted. */
function isUsedUp(spent: Spent, quota: number, at: number): boolean {
  spent.bytes = spentAt(spent, quota, at);
  spent.at = at;
  return spent.bytes >= quota;
}

function spend(spent: Spent, quota: number, bytes: number, at: number): void {
  spent.bytes = spentAt(spent, quota, at) + bytes;
  spent.at = at;
}

/** Why somebody may not add to the stored messages, or undefined if they may. */
export function quotaRefusal(
  { hub, env }: Turn,
  visit: Visit,
  at: number,
): 'over-quota' | 'guests-over-quota' | undefined {
  const { account } = visit.user;
  if (account !== undefined) return isOverQuota(env, account, at) ? 'over-quota' : undefined;
  const { guest } = env.quotas;
  if (guest === undefined) return undefined;
  const own = hub.guestsSpent.by.get(guestKey(visit));
  if (own !== undefined && isUsedUp(own, guest, at)) return 'over-quota';
  return isUsedUp(hub.guestsSpent.all, guest * guestCrowd, at) ? 'guests-over-quota' : undefined;
}

export function isOverQuota({ quotas: { account: quota } }: Env, { spent }: Account, at: number) {
  return spent !== undefined && quota !== undefined && isUsedUp(spent, quota, at);
}

/** Counts a message whose text has `textBytes`. */
export function useQuota({ hub, env }: Turn, visit: Visit, textBytes: number, at: number): void {
  const bytes = textBytes + messageBytes;
  const { account, guest } = env.quotas;
  const { account: own } = visit.user;
  if (own !== undefined) {
    if (account !== undefined) spend((own.spent ??= unspent()), account, bytes, at);
  } else if (guest !== undefined) {
    spend(hub.guestsSpent.all, guest * guestCrowd, bytes, at);
    spend(guestSpent(hub, guestKey(visit)), guest, bytes, at);
  }
}

function guestKey({ from, user }: Visit): string {
  return from ?? foldName(user.name);
}

function guestSpent({ guestsSpent: { by } }: Hub, key: string): Spent {
  const known = by.get(key);
  if (known !== undefined) return known;
  const [first] = by.keys();
  if (by.size >= maxGuests && first !== undefined) by.delete(first);
  const spent = unspent();
  by.set(key, spent);
  return spent;
}

/** How much is used at `at`: of each account's quota, by name, and of all guests' together. */
export function quotasUsed(
  hub: Hub,
  { quotas: { account: quota, guest } }: Env,
  at: number,
): { readonly accounts: ReadonlyMap<string, number>; readonly guests: number } {
  const accounts = new Map<string, number>();
  for (const { name, account } of hub.accounts.values()) {
    if (account?.spent === undefined || quota === undefined) continue;
    accounts.set(name, Math.round(spentAt(account.spent, quota, at)));
  }
  const guests =
    guest === undefined ? 0 : Math.round(spentAt(hub.guestsSpent.all, guest * guestCrowd, at));
  return { accounts, guests };
}

/** What to store. Of guests only the sum, so that no address is stored. */
export function quotaRecords(hub: Hub): readonly QuotaRecord[] {
  const records: QuotaRecord[] = [];
  const add = (account: QuotaRecord['account'], { bytes, at }: Spent) => {
    if (bytes >= leastRemembered) records.push({ account, bytes: Math.round(bytes), at });
  };
  add(undefined, hub.guestsSpent.all);
  for (const { account } of hub.accounts.values()) {
    if (account?.spent !== undefined) add(account.id, account.spent);
  }
  return records;
}

/** Restores what was stored. */
export function restoreQuotas(hub: Hub, records: readonly QuotaRecord[]): void {
  for (const { account: id, bytes, at } of records) {
    const spent = id === undefined ? hub.guestsSpent.all : unspent();
    Object.assign(spent, { bytes, at });
    const account = id === undefined ? undefined : hub.accounts.get(id)?.account;
    if (account !== undefined) account.spent = spent;
  }
}

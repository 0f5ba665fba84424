// Addresses from which somebody was put out: a guest has nothing else by which they could be known again. They are kept
// in memory only and end by themselves, since an address belongs to somebody else tomorrow; where there are too many, the
// oldest gives way. Who has an account is known by it, and never kept out by an address.

import type { AddressBans, User } from './state.ts';

/** How long an address is remembered, in milliseconds. */
export const addressBanMs = 24 * 3_600_000;

/** How many are remembered in one place. */
const maxAddresses = 1000;

/** Where somebody is connected from now, or was last; nothing where addresses do not tell who somebody is. */
function addressesOf({ visits, lastFrom }: User): Set<string> {
  const all = visits.length > 0 ? visits.map(({ from }) => from) : [lastFrom];
  return new Set(all.filter((from) => from !== undefined));
}

/** Remembers where somebody who is put out comes from. Returns the addresses. */
export function banAddresses(bans: AddressBans, user: User, because: string, at: number) {
  const addresses = addressesOf(user);
  for (const address of addresses) {
    bans.delete(address);
    bans.set(address, { until: at + addressBanMs, because });
    for (const oldest of bans.keys()) {
      if (bans.size <= maxAddresses) break;
      bans.delete(oldest);
    }
  }
  return addresses;
}

/** Whether somebody was put out who came from there. */
export function isBannedFrom(bans: AddressBans, from: string | undefined, at: number): boolean {
  const ban = from === undefined ? undefined : bans.get(from);
  return ban !== undefined && ban.until > at;
}

/** Forgets the addresses of somebody who may come in again. */
export function unbanAddresses(bans: AddressBans, because: string): void {
  for (const [address, ban] of bans) if (ban.because === because) bans.delete(address);
}
